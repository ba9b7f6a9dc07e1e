let ahead = 0;

/**
 * Notes the server's clock from a `Date` header, so that a wrong device clock does not show the wrong day.
 * @param at when the answer arrived, by the device's clock
 */
export function noteServerDate(header: string | null, at = Date.now()): void {
  const server = header === null ? Number.NaN : Date.parse(header);
  if (!Number.isNaN(server)) ahead = server - at;
}

/** The present instant by the server's clock (within about a second), or by the device's before the first answer. */
export function serverNow(): Date {
  return new Date(Date.now() + ahead);
}
