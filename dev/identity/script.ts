/**
 * The login page's script: search, and "Show all". Without it the page lists all people.
 * @param shownFirst number of people of each group that are visible before a search
 */
export function script(shownFirst: number): string {
  return `
const field = document.getElementById("find");
const status = document.getElementById("found");
const sections = [...document.querySelectorAll("section")].map((section) => ({
  section,
  more: section.querySelector(".more"),
  items: [...section.querySelectorAll("li")].map((item) => ({ item, text: fold(item.textContent) })),
}));
function fold(text) {
  return text.normalize("NFD").replace(/\\p{M}/gu, "").replace(/\\s+/g, " ").trim().toLowerCase();
}
function show() {
  const words = fold(field.value).split(" ").filter(Boolean);
  let matches = 0;
  for (const { section, more, items } of sections) {
    const found = items.filter(({ text }) => words.every((word) => text.includes(word)));
    const all = words.length > 0 || !more || more.getAttribute("aria-expanded") === "true";
    const visible = new Set(all ? found : found.slice(0, ${shownFirst}));
    for (const entry of items) entry.item.hidden = !visible.has(entry);
    if (more) more.hidden = all;
    section.hidden = found.length === 0;
    matches += found.length;
  }
  status.textContent = words.length === 0 ? ""
    : matches === 0 ? "Nobody matches." : matches === 1 ? "1 person matches. Press Enter to log in."
    : matches + " people match.";
}
for (const { more, items } of sections) {
  more?.addEventListener("click", () => {
    more.setAttribute("aria-expanded", "true");
    show();
    items[${shownFirst}].item.querySelector("button").focus();
  });
}
field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  const buttons = document.querySelectorAll("section:not([hidden]) li:not([hidden]) button");
  if (event.key === "Enter" && field.value.trim() && buttons.length === 1) buttons[0].click();
});
document.querySelector(".find").hidden = false;
show();
`;
}
