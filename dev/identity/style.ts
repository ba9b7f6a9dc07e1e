/** The login page's own style, after the shared one. */
export const loginStyle = `
.note { margin: 0 0 1.5rem; padding: .7rem .9rem; background: var(--note); border: 1px solid var(--note-line);
  border-radius: .6rem; }
.find { position: sticky; top: 0; z-index: 1; margin: 0 -1rem; padding: .6rem 1rem; background: var(--page); }
.find .line { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; }
.find .status { margin: 0; color: var(--soft); font-size: .95rem; }
section { margin-top: 1.5rem; }
section[hidden], li[hidden] { display: none; }
.head { display: flex; align-items: baseline; gap: .6rem; margin-bottom: .6rem; }
.head span { color: var(--soft); }
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: .6rem;
  margin: 0; padding: 0; list-style: none; }
.person { display: flex; align-items: center; gap: .75rem; width: 100%; height: 100%; min-height: 3.5rem; padding: .55rem .75rem;
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
.more { margin-top: .6rem; }
details { margin-top: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .7rem; }
summary { min-height: 2.75rem; padding: .65rem .9rem; font-weight: 600; cursor: pointer; border-radius: .7rem; }
details form { display: grid; gap: .9rem; padding: .25rem .9rem 1rem; max-width: 32rem; }
.check { display: flex; align-items: center; gap: .6rem; min-height: 2.75rem; margin: 0; font-weight: 400; }
.check input { width: 1.25rem; height: 1.25rem; accent-color: var(--accent); }
.cancel { margin-top: 1.5rem; }
@media (forced-colors: active) { .badge { border: 1px solid; } }
`;
