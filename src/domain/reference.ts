/** Digits that are hard to confuse (Crockford's base 32, without I, L, O and U). */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * A short reference of an appointment for the phone: `K7Q-4TX`. It is the last 30 bits of the id, which are random in a
 * UUIDv7 (RFC 9562 5.7). It is not unique and never used as a key.
 */
export function referenceOf(id: string): string {
  let bits = Number.parseInt(id.replaceAll("-", "").slice(-8), 16) % 2 ** 30;
  let text = "";
  for (let i = 0; i < 6; i++) {
    text = DIGITS.charAt(bits % 32) + text;
    bits = Math.floor(bits / 32);
  }
  return `${text.slice(0, 3)}-${text.slice(3)}`;
}
