/** Replaces nodemailer's HTTP client in the bundle (wrangler.toml, alias): mails have no parts to fetch. */
export default function fetch(): never {
  throw new Error("The Worker fetches no parts of mails: give their content.");
}
