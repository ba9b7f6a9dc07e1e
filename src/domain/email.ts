/** The part before the @ (RFC 5321 4.1.2, Dot-string). Mailboxes that need quotes are refused: SES takes none. */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const MAX_LOCAL = 64;

/** A label of a host's name (RFC 1123 2.1), and the longest address that SMTP carries (RFC 5321 4.5.3.1.3). */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_ADDRESS = 254;

/**
 * An e-mail address as it is stored and mailed to. It is trimmed, with the domain in lower case and in ASCII (IDNA, UTS 46):
 * `max@Müller.de` is `max@xn--mller-kva.de`. Null if it is no address.
 */
export function readEmail(typed: string): string | null {
  const text = typed.trim();
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = asciiDomain(text.slice(at + 1));
  if (local.length > MAX_LOCAL || !LOCAL.test(local) || domain === null) return null;
  const address = `${local}@${domain}`;
  // A label that only looks like an encoded one is none: what URL reads as ASCII it does not decode.
  const isEncoded = !domain.includes("xn--") || shownEmail(address) !== address;
  return isEncoded && address.length <= MAX_ADDRESS ? address : null;
}

/** An address as people read it: its domain's labels in their own script, if they convert back to the same domain. */
export function shownEmail(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  if (!domain.includes("xn--")) return address;
  const shown = domain.split(".").map((label) => (label.startsWith("xn--") ? unicodeOf(label.slice(4)) : label));
  return asciiDomain(shown.join(".")) === domain ? address.slice(0, at) + shown.join(".") : address;
}

function asciiDomain(typed: string): string | null {
  // A port, a user and other parts of an authority are no part of a domain.
  if (!/^(?:[\p{L}\p{M}\p{N}.\u3002-]|\u200c|\u200d)+$/u.test(typed)) return null;
  try {
    const host = new URL(`http://${typed}`).hostname;
    const labels = host.split(".");
    const isName = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/\.\d+$/.test(host);
    return isName ? host : null;
  } catch {
    return null;
  }
}

/** Punycode (RFC 3492 6.2) without its prefix. Nonsense gives nonsense: the caller compares. */
function unicodeOf(encoded: string): string {
  const basic = encoded.lastIndexOf("-");
  const points = encoded.slice(0, Math.max(basic, 0)).split("");
  let [code, place, bias] = [128, 0, 72];
  for (let at = basic + 1; at < encoded.length;) {
    const before = place;
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = Number.parseInt(encoded[at++] ?? "a", 36);
      // Letters are 0 to 25, digits 26 to 35: the other way round than in base 36.
      const value = digit < 10 ? digit + 26 : digit - 10;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      place += value * weight;
      if (!(value >= threshold)) break;
      weight *= 36 - threshold;
    }
    const count = points.length + 1;
    bias = adapted(place - before, count, before === 0);
    code += Math.floor(place / count);
    place %= count;
    if (code > 0x10ffff) return "";
    points.splice(place++, 0, String.fromCodePoint(code));
  }
  return points.join("");
}

/** The bias for the next character (RFC 3492 6.1). */
function adapted(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > 455; k += 36) rest = Math.floor(rest / 35);
  return k + Math.floor((36 * rest) / (rest + 38));
}
