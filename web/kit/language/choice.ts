/** The page's first script (web/public/shell.js) reads this key too. */
const DEVICE = "language";
const TAB = "language-chosen";

/** The language last spoken on this device, a tag of RFC 5646. */
export const remembered = () => localStorage.getItem(DEVICE);
export const remember = (tag: string) => localStorage.setItem(DEVICE, tag);

/**
 * The language chosen in this tab. It outranks the patient's preference, which may never have been chosen. A patient who
 * reads German and logs in to book continues in German. Logging out forgets it.
 */
export const chosen = () => sessionStorage.getItem(TAB);
export const keepChoice = (tag: string) => sessionStorage.setItem(TAB, tag);
export const forgetChoice = () => sessionStorage.removeItem(TAB);

/** The name of a language in that language. */
export function nameOf(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}
