import { plural, t } from "@lingui/core/macro";
import type { Config, Slot } from "#contract/answers/clinic.ts";
import type { Impact } from "#contract/answers/schedule.ts";
import { dateOf, durationOf, timeOf } from "../time/format.ts";
import { placeOf } from "./place.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

type WhyCode = Impact["toPlace"][number]["why"]["code"];

/** Why it was not placed automatically. */
export function whyWords(why: { code: WhyCode } | null): string {
  switch (why?.code) {
    case undefined:
      return t`It is still being tried automatically.`;
    case "patient-inactive":
      return t`The patient's record is switched off, so a person decides.`;
    case "frozen":
      return t`It was so close that a person speaks to the patient.`;
    case "no-slot":
      return t`No free time met all rules.`;
    case "outbid":
      return t`There were more appointments than times.`;
  }
}

/** `2 days`, `3 hours`, `20 minutes`: whole units, rounded down. */
export function amountOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return plural(Math.floor(ms / DAY_MS), { one: "# day", other: "# days" });
  if (ms >= HOUR_MS) return plural(Math.floor(ms / HOUR_MS), { one: "# hour", other: "# hours" });
  return durationOf(Math.max(60, ms / 1000));
}

type Place = Pick<Slot, "doctorId" | "locationId" | "startsAt">;

/** How a time differs from what the patient had: doctor, day, time of day, location. The nearest things are said first. */
export function differences(was: Place, slot: Place, doctorName: string, config: Config): string[] {
  const [before, after] = [placeOf(config, was.locationId), placeOf(config, slot.locationId)];
  const date = (at: string, zone: string) => Date.parse(`${dateOf(at, zone)}T00:00:00Z`);
  const days = Math.round((date(slot.startsAt, after.zone) - date(was.startsAt, before.zone)) / DAY_MS);
  const minute = (at: string, zone: string) => {
    // Without the offset that a time has in the hour that comes twice.
    const [hours = 0, minutes = 0] = timeOf(at, zone).slice(0, 5).split(":").map(Number);
    return hours * 60 + minutes;
  };
  const minutes = minute(slot.startsAt, after.zone) - minute(was.startsAt, before.zone);
  return [
    slot.doctorId === was.doctorId ? t`same doctor` : doctorName,
    dayWords(days),
    minuteWords(minutes),
    ...(slot.locationId === was.locationId || after.name === undefined ? [] : [after.name]),
  ];
}

function dayWords(days: number): string {
  if (days === 0) return t`same day`;
  return days > 0
    ? plural(days, { one: "# day later", other: "# days later" })
    : plural(-days, { one: "# day earlier", other: "# days earlier" });
}

function minuteWords(minutes: number): string {
  if (minutes === 0) return t`same time of day`;
  const much = amountOf(Math.abs(minutes) * 60_000);
  return minutes > 0 ? t`${much} later in the day` : t`${much} earlier in the day`;
}
