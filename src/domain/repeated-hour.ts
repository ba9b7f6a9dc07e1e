const HOUR_MS = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The zone's offset from UTC at an instant, minutes. Intl, because the apps carry no zone database of their own. */
function offsetAt(epochMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format)
    formats.set(timeZone, (format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })));
  const name = format.formatToParts(epochMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/**
 * The offset (`UTC+1`) of a time in an hour that comes twice when the clocks go back. Null for every other time.
 * @param epochMs an instant, epoch milliseconds
 * @param timeZone an IANA zone
 */
export function repeatedMark(epochMs: number, timeZone: string): string | null {
  const [before, after] = [offsetAt(epochMs - 3 * HOUR_MS, timeZone), offsetAt(epochMs + 3 * HOUR_MS, timeZone)];
  // The clocks go back by an hour, half an hour (Lord Howe) or two (Troll). If this is not positive, they do not go back
  // near this instant.
  const back = (before - after) * 60_000;
  if (back <= 0) return null;
  const here = offsetAt(epochMs, timeZone);
  const isFirst = here === before && offsetAt(epochMs + back, timeZone) === after;
  const isSecond = here === after && offsetAt(epochMs - back, timeZone) === before;
  return isFirst || isSecond ? offsetWords(here) : null;
}

function offsetWords(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}
