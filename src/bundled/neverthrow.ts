/** Replaces neverthrow in the bundle (wrangler.toml, alias), which QStash's client needs only for workflows. */
function noWorkflows(): never {
  throw new Error("The Worker runs no workflows of QStash's.");
}

export { noWorkflows as err, noWorkflows as ok };
