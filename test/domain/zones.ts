import { naiveDate, wallMinute } from "./naive-schedule.ts";

/** Zones that between them have every kind of clock change known for 2025 to 2035, and some that have none. */
export const ZONES = [
  "UTC",
  "Africa/Cairo", // changes at midnight
  "Africa/Casablanca", // goes back for Ramadan
  "America/Asuncion", // stopped changing in 2024
  "America/Havana", // the hour after midnight is skipped
  "America/Los_Angeles",
  "America/New_York",
  "America/Nuuk", // changes the evening before
  "America/Santiago", // goes back over midnight
  "America/Sao_Paulo",
  "America/Scoresbysund",
  "America/St_Johns", // half an hour
  "Antarctica/Troll", // two hours at once
  "Asia/Beirut", // goes back over midnight
  "Asia/Gaza",
  "Asia/Jerusalem",
  "Asia/Kathmandu", // 5:45
  "Asia/Kolkata",
  "Asia/Tokyo",
  "Atlantic/Azores",
  "Australia/Adelaide",
  "Australia/Lord_Howe", // changes by 30 minutes
  "Europe/Berlin",
  "Europe/Chisinau",
  "Europe/Dublin", // winter is the exception
  "Europe/London",
  "Pacific/Apia",
  "Pacific/Auckland",
  "Pacific/Chatham", // 12:45 and 13:45
  "Pacific/Easter",
  "Pacific/Kiritimati", // 14 hours ahead
  "Pacific/Marquesas", // 9:30 behind
  "Pacific/Norfolk",
] as const;

export const FIRST_DAY = Date.UTC(2025, 0, 1) / 86_400_000;
export const END_DAY = Date.UTC(2036, 0, 1) / 86_400_000;

/** The UTC dates from 2025 to 2035 within which the clocks of a zone change. */
export function daysOfChange(zone: string): number[] {
  const offsetAt = (day: number) => wallMinute(zone, day * 1440) - day * 1440;
  const days: number[] = [];
  let before = offsetAt(FIRST_DAY);
  for (let day = FIRST_DAY; day < END_DAY; day++) {
    const after = offsetAt(day + 1);
    if (after !== before) days.push(day);
    before = after;
  }
  return days;
}

export function dateOf(day: number): string {
  return naiveDate(day);
}
