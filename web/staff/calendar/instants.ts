import { addDays, dateOf, timeOf } from "#kit/time/format.ts";

const DAY_MS = 86_400_000;

/**
 * The instant of a wall time at a location, RFC 3339. Of a time that comes twice, the first; null for one that the clocks
 * skip.
 * @param time `09:30`
 * @param zone IANA zone of the location
 */
export function instantOf(date: string, time: string, zone: string): string | null {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((at) => wallOf(at, zone) - at);
  const found = offsets.map((offset) => asUtc - offset).filter((at) => wallOf(at, zone) === asUtc);
  return found.length === 0 ? null : new Date(Math.min(...found)).toISOString();
}

/** The wall clock's reading at an instant, as if it were UTC; epoch milliseconds, whole minutes. */
function wallOf(epochMs: number, zone: string): number {
  const at = new Date(epochMs);
  return Date.parse(`${dateOf(at, zone)}T${timeOf(at.toISOString(), zone).slice(0, 5)}:00Z`);
}

/** The date and time of a minute of a day; minutes from 1440 on are on the next date. */
export function wallTimeOf(date: string, minute: number): { date: string; time: string } {
  const [days, rest] = [Math.floor(minute / 1440), minute % 1440];
  const time = [Math.floor(rest / 60), rest % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return { date: addDays(date, days), time };
}
