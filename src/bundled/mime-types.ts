/**
 * Replaces nodemailer's list of file endings in the bundle (wrangler.toml, alias). Every part of a mail names its content
 * type, so the list is not needed.
 */
function notListed(): never {
  throw new Error("The Worker has no list of content types: name the part's own.");
}

export { notListed as detectExtension, notListed as detectMimeType };
