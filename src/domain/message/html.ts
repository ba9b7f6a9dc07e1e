import { phoneLink } from "#domain/phone.ts";
import type { Letter, Line, Link } from "./letter.ts";
import { DARK, LIGHT, styled } from "./style.ts";

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Keeps an inbox from showing the beginning of the mail behind the preheader: spaces that it counts as text. */
const FILLER = "&#847;&zwnj;&nbsp;".repeat(40);

/**
 * A letter as an HTML mail. Necessary styles are in the elements themselves, because some mail programs drop style sheets.
 * The sheet adds dark colours and wider buttons on phones. No images, no scripts, nothing is fetched.
 */
export function setHtml(letter: Letter): string {
  const { language, preheader, heading, clinic, paragraphs, lines, actions, offers, notes, help, footer } = letter;
  const [first, ...others] = actions;
  const text = (value: string) => withPhone(value, clinic.phone);
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<meta name="x-apple-disable-message-reformatting">
<title>${escapeHtml(heading)}</title>
<style>${LIGHT}${DARK}</style>
</head>
<body ${styled("body")}>
<div ${styled("preheader")} aria-hidden="true">${escapeHtml(preheader)}${FILLER}</div>
<!--[if mso]><table role="presentation" width="600" align="center"><tr><td><![endif]-->
<main ${styled("frame")}>
<p ${styled("clinic")}>${escapeHtml(clinic.name)}</p>
<div ${styled("card")}>
<h1 ${styled("heading")}>${escapeHtml(heading)}</h1>
${paragraphs.map((value) => `<p ${styled("paragraph")}>${escapeHtml(value)}</p>`).join("\n")}
<dl ${styled("facts")}>
${lines.map(fact).join("\n")}
</dl>
${first ? button(first, "primary") : ""}
${others.map((action) => button(action, "secondary")).join("\n")}
${offers ? `<p ${styled("paragraph")}>${escapeHtml(offers.intro)}</p>\n<ul ${styled("list")}>\n${offers.times.map(item).join("\n")}\n</ul>` : ""}
${notes.map((value) => `<p ${styled("note")}>${text(value)}</p>`).join("\n")}
</div>
${help === null ? "" : `<p ${styled("small")}>${text(help)}</p>`}
<p ${styled("small")}>${[...(footer.text === null ? [] : [escapeHtml(footer.text)]), ...footer.links.map(link)].join("<br>\n")}</p>
</main>
<!--[if mso]></td></tr></table><![endif]-->
</body>
</html>
`;
}

/** A label with its value below it: so it fits any width and needs no table. */
function fact({ label, value, tone }: Line): string {
  const look = ({ now: "now", past: "past", plain: "value" } as const)[tone];
  const shown = tone === "now" ? wrapping(value) : escapeHtml(value);
  return `<dt ${styled("label")}>${escapeHtml(label)}</dt><dd ${styled(look)}>${shown}</dd>`;
}

/** Breaks its lines before the time and the zone rather than within: pieces that keep together where there is room. */
function wrapping(value: string): string {
  const pieces = value.split(/(?<=, )|(?<= )(?=\()/);
  return pieces.map((piece) => `<span ${styled("piece")}>${escapeHtml(piece)}</span>`).join("");
}

/** A link that looks like a button also where padding on links is ignored: the cell has its colour. */
function button({ label, url }: Link, look: "primary" | "secondary"): string {
  return `<table role="presentation" ${styled("buttons")}><tr><td ${styled(look)}><a href="${escapeHtml(url)}" ${styled(`${look}Link`)}>${escapeHtml(label)}</a></td></tr></table>`;
}

const link = ({ label, url }: Link): string =>
  `<a href="${escapeHtml(url)}" ${styled("link")}>${escapeHtml(label)}</a>`;
const item = (time: Link): string => `<li ${styled("item")}>${link(time)}</li>`;

/** Escaped text in which the clinic's number can be called. */
function withPhone(text: string, phone: string): string {
  const shown = escapeHtml(phone);
  const called = `<a href="${escapeHtml(phoneLink(phone))}" ${styled("phone")}>${shown}</a>`;
  return escapeHtml(text).replaceAll(shown, () => called);
}
