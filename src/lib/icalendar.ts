/** A line of an iCalendar object: a name with its parameters, and a value that is already encoded. */
export type ContentLine = string;

/** Octets of a line without its end (RFC 5545 3.1). */
const MAX_OCTETS = 75;

/** A text of one property (RFC 5545 3.3.11). Line breaks of every kind are kept, other control characters are left out. */
export function property(name: string, text: string): ContentLine {
  const escaped = lines(text).replaceAll(/[\\;,]/g, (sign) => `\\${sign}`);
  return `${name}:${escaped.replaceAll("\n", "\\n")}`;
}

/** The parameter of a property, always quoted; quotes, carets and line breaks are encoded by RFC 6868. */
export function parameter(name: string, text: string): string {
  const encoded = lines(text).replaceAll("^", "^^").replaceAll("\n", "^n").replaceAll('"', "^'");
  return `;${name}="${encoded}"`;
}

/** An instant (epoch milliseconds) in UTC, to the second (RFC 5545 3.3.5, form 2). */
export function utc(name: string, epochMs: number): ContentLine {
  return `${name}:${new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
}

/** An iCalendar object: each line folded at 75 octets, between characters, and ended by CRLF, the last one too. */
export function icalendar(content: readonly ContentLine[]): string {
  return content.map((line) => `${folded(line)}\r\n`).join("");
}

/** U+2028 and U+2029 end lines as well; of the other control characters a text may have the tabulator only. */
function lines(text: string): string {
  // oxlint-disable-next-line no-control-regex -- RFC 5545 3.1 names these.
  return text.replaceAll(/\r\n|[\r\u0085\u2028\u2029]/g, "\n").replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}

function folded(line: string): string {
  let [text, octets] = ["", 0];
  for (const character of line) {
    const point = character.codePointAt(0) ?? 0;
    const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (octets + size > MAX_OCTETS) {
      text += "\r\n ";
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}
