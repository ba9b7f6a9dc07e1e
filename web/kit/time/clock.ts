let ahead = 0;

/** Notes the server's clock from a `Date` response header, so that a wrong device clock cannot name the wrong day. */
export function noteServerDate(header: string | null): void {
  const server = header === null ? Number.NaN : Date.parse(header);
  if (!Number.isNaN(server)) ahead = server - Date.now();
}

/** The present instant by the server's clock as last seen (within about a second), else by the device's. */
export function serverNow(): Date {
  return new Date(Date.now() + ahead);
}
