/** The shared style of the local stack's pages: system fonts, light and dark, nothing to fetch. */
export const baseStyle = `
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
.problems { margin: 0 0 1.5rem; padding: .7rem .9rem; border: 2px solid var(--bad); border-radius: .6rem; }
.problems p, .problems ul { margin: 0; }
label, .label { display: block; margin-bottom: .25rem; font-weight: 600; }
input:not([type=checkbox]), select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--control); border-radius: .5rem; }
.plain, .main, .link { display: inline-block; min-height: 2.75rem; padding: .55rem 1rem; font: inherit;
  font-weight: 600; border-radius: .5rem; cursor: pointer; text-decoration: none; }
.plain { color: var(--accent); background: none; border: 1px solid var(--control); }
.plain:hover { background: var(--accent-soft); }
.main { color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); }
.hint { margin: 0; color: var(--soft); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
