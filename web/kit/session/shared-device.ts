/** The id of the person that owns what this tab keeps. */
const OWNER = "owner";

/**
 * What a tab keeps (drafts, pins, the patient that staff act for) belongs to one person. Forgets it when another person is
 * logged in, because several may share a computer. What a visitor chose before the login stays.
 * @returns whether the tab was another person's until now
 */
export function belongTo(personId: string): boolean {
  const owner = sessionStorage.getItem(OWNER);
  const wasOthers = owner !== null && owner !== personId;
  if (wasOthers) sessionStorage.clear();
  sessionStorage.setItem(OWNER, personId);
  return wasOthers;
}

/** A page that the browser has kept and shows again on "Back" may be from before a log-out: it is loaded again, unseen. */
export function reloadWhenRestored(): void {
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    document.body.hidden = true;
    location.reload();
  });
}
