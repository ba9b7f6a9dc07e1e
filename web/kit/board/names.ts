/** A name as the board writes it: what a receptionist looks for comes first. Records have the given name first. */
export function splitName(name: string): { surname: string; given: string } {
  const [given = "", ...rest] = name.trim().split(/\s+/);
  return rest.length === 0 ? { surname: given, given: "" } : { surname: rest.join(" "), given };
}

/** `Byrne` for `Dr Byrne`: above a column there is room for the name alone. */
export function shortDoctor(name: string): string {
  return name.replace(/^(?:Dr|Prof|Dr\.|Prof\.)\s+/i, "");
}

/** `09:05` of minutes since midnight. */
export function clock(minute: number): string {
  const hours = Math.floor(minute / 60) % 24;
  return `${String(hours).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
