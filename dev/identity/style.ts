/** The one style sheet of the login pages: system fonts, light and dark, nothing fetched from anywhere. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f7f7, #101516);
  --card: light-dark(#ffffff, #1a2123);
  --line: light-dark(#d3dcdd, #344043);
  --control: light-dark(#75868a, #7d9094);
  --text: light-dark(#172123, #e9f0f1);
  --soft: light-dark(#4b5d61, #a9b9bc);
  --accent: light-dark(#0b6b70, #6fd0d3);
  --accent-soft: light-dark(#e0f1f1, #17373a);
  --on-accent: light-dark(#ffffff, #06282a);
  --note: light-dark(#fff6dd, #33290c);
  --note-line: light-dark(#e3c56f, #75601b);
  --bad: light-dark(#a3201b, #ffb1ab);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
.narrow { max-width: 36rem; }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.25rem; font-weight: 650; }
.brand svg { width: 1.75rem; height: 1.75rem; color: var(--accent); }
h1 { margin: 0 0 .25rem; font-size: clamp(1.6rem, 1.3rem + 1.4vw, 2.1rem); line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 0; font-size: 1.15rem; }
.lead { margin: 0 0 1rem; color: var(--soft); }
.note { margin: 0 0 1.5rem; padding: .7rem .9rem; background: var(--note); border: 1px solid var(--note-line);
  border-radius: .6rem; }
.problems { margin: 0 0 1.5rem; padding: .7rem .9rem; border: 2px solid var(--bad); border-radius: .6rem; }
.problems p, .problems ul { margin: 0; }
label, .label { display: block; margin-bottom: .25rem; font-weight: 600; }
input:not([type=checkbox]), select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--control); border-radius: .5rem; }
.find { position: sticky; top: 0; z-index: 1; margin: 0 -1rem; padding: .6rem 1rem; background: var(--page); }
.find .line { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; }
.find .status { margin: 0; color: var(--soft); font-size: .95rem; }
section { margin-top: 1.5rem; }
section[hidden], li[hidden] { display: none; }
.head { display: flex; align-items: baseline; gap: .6rem; margin-bottom: .6rem; }
.head span { color: var(--soft); }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: .6rem;
  margin: 0; padding: 0; list-style: none; }
.person { display: flex; align-items: center; gap: .75rem; width: 100%; min-height: 3.5rem; padding: .55rem .75rem;
  font: inherit; text-align: left; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: .7rem; cursor: pointer; }
.person:hover { border-color: var(--accent); background: var(--accent-soft); }
.badge { flex: none; display: grid; place-items: center; width: 2.4rem; height: 2.4rem; border-radius: 50%;
  background: var(--accent-soft); color: var(--accent); font-size: .9rem; font-weight: 650; }
.person:hover .badge { background: var(--card); }
.who { min-width: 0; }
.who b, .who small { display: block; overflow-wrap: anywhere; }
.who b { font-weight: 600; line-height: 1.35; }
.who small { color: var(--soft); font-size: .875rem; }
.plain, .main, .link { display: inline-block; min-height: 2.75rem; padding: .55rem 1rem; font: inherit;
  font-weight: 600; border-radius: .5rem; cursor: pointer; text-decoration: none; }
.plain { color: var(--accent); background: none; border: 1px solid var(--control); }
.plain:hover { background: var(--accent-soft); }
.main { color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); }
.more { margin-top: .6rem; }
details { margin-top: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .7rem; }
summary { min-height: 2.75rem; padding: .65rem .9rem; font-weight: 600; cursor: pointer; border-radius: .7rem; }
details form { display: grid; gap: .9rem; padding: .25rem .9rem 1rem; max-width: 32rem; }
.hint { margin: 0; color: var(--soft); }
.check { display: flex; align-items: center; gap: .6rem; min-height: 2.75rem; margin: 0; font-weight: 400; }
.check input { width: 1.25rem; height: 1.25rem; accent-color: var(--accent); }
.cancel { margin-top: 1.5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (forced-colors: active) { .badge { border: 1px solid; } }
`;
