/**
 * Whether this runtime knows a zone by this IANA name. The database has its own list and checks the name again. Offsets such
 * as `+01:00` are no zones: they have no summer time.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
