/** In the bundle this stands for neverthrow (wrangler.toml, alias), which QStash's client needs for its workflows alone. */
function noWorkflows(): never {
  throw new Error("The Worker runs no workflows of QStash's.");
}

export { noWorkflows as err, noWorkflows as ok };
