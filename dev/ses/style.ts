/** The inbox's own style, after the shared one. */
export const inboxStyle = `
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem; }
a { color: var(--accent); }
.search { margin-bottom: .5rem; }
.field { display: flex; gap: .5rem; }
#news { min-height: 1.5rem; }
.mails, .files { display: grid; gap: .6rem; margin: .5rem 0 1rem; padding: 0; list-style: none; }
.mails a { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; padding: .75rem .9rem; color: inherit;
  text-decoration: none; background: var(--card); border: 1px solid var(--line); border-radius: .7rem; }
.mails a:hover { border-color: var(--accent); background: var(--accent-soft); }
.mails b { font-weight: 600; overflow-wrap: anywhere; }
.mails .to, .mails .with { color: var(--soft); overflow-wrap: anywhere; }
.mails .when { color: var(--soft); text-align: right; }
.mails .with { text-align: right; }
.mails b { grid-column: 1; grid-row: 1; } .mails .to { grid-column: 1; grid-row: 2; }
.mails .when { grid-column: 2; grid-row: 1; } .mails .with { grid-column: 2; grid-row: 2; }
@media (max-width: 40rem) {
  .mails a { grid-template-columns: 1fr; }
  .mails a > * { grid-column: 1 !important; grid-row: auto !important; text-align: left !important; }
}
.empty { padding: 2rem 1rem; text-align: center; color: var(--soft); border: 1px dashed var(--control);
  border-radius: .7rem; }
.back { margin: 0 0 .75rem; }
h1 { overflow-wrap: anywhere; }
dl { display: grid; gap: .25rem; margin: 1rem 0; padding: .75rem .9rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .7rem; }
dl div { display: grid; grid-template-columns: minmax(8rem, auto) 1fr; gap: 0 1rem; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; } }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
section { margin: 1.5rem 0; }
section h2 { margin-bottom: .5rem; }
iframe { display: block; width: 100%; height: 22rem; resize: vertical; background: #fff; border: 1px solid var(--line);
  border-radius: .7rem; }
pre { margin: 0; padding: .9rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card);
  border: 1px solid var(--line); border-radius: .7rem; font: .95rem/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.files li { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; }
details { flex-basis: 100%; }
summary { min-height: 2.75rem; padding: .55rem 0; cursor: pointer; color: var(--accent); font-weight: 600; }
`;
