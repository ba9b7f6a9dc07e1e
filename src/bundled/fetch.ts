/** In the bundle this stands for nodemailer's HTTP client (wrangler.toml, alias): no part of a mail is fetched from anywhere. */
export default function fetch(): never {
  throw new Error("The Worker fetches no parts of mails: give their content.");
}
