/**
 * In the bundle this stands for nodemailer's list of file endings (wrangler.toml, alias). We send no files: every part of a
 * mail names its content type.
 */
function notListed(): never {
  throw new Error("The Worker has no list of content types: name the part's own.");
}

export { notListed as detectExtension, notListed as detectMimeType };
