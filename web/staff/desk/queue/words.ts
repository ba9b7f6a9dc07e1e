import { plural, t } from "@lingui/core/macro";
import type { PlacementCase, PlacementCaseDetail } from "#contract/answers/cases.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { dateOf, durationOf, timeOf } from "#kit/time/format.ts";

type PlacementCandidate = PlacementCaseDetail["candidates"][number];

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the clinic changed. */
export function reasonWords(reason: PlacementCase["reason"]): string {
  switch (reason) {
    case "schedule":
      return t`New schedule`;
    case "absence":
      return t`Doctor absent`;
    case "extra":
      return t`Extra session dropped`;
    case "holiday":
      return t`Holiday`;
    case "slot-closed":
      return t`Time closed`;
    case "slot-moved":
      return t`Time moved`;
    case "slot-removed":
      return t`Time removed`;
    case "doctor-left":
      return t`Doctor has left`;
  }
}

/** Why it was not placed automatically. */
export function whyWords(why: PlacementCase["why"]): string {
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

/** `due in 2 h`, `overdue for 3 d` */
export function dueWords(dueAt: string, now: Date): { text: string; overdue: boolean } {
  const ms = Date.parse(dueAt) - now.getTime();
  const much = spanOf(Math.abs(ms));
  return ms < 0 ? { text: t`overdue for ${much}`, overdue: true } : { text: t`due in ${much}`, overdue: false };
}

function spanOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return plural(Math.floor(ms / DAY_MS), { one: "# day", other: "# days" });
  if (ms >= HOUR_MS) return plural(Math.floor(ms / HOUR_MS), { one: "# hour", other: "# hours" });
  return durationOf(Math.max(60, ms / 1000));
}

/** How a candidate differs from what the patient had: doctor, day, time of day, location. The nearest things are said first. */
export function differences(
  was: Pick<PlacementCase, "doctorId" | "locationId" | "startsAt">,
  { slot, doctorName }: PlacementCandidate,
  config: Config,
): string[] {
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
  const much = spanOf(Math.abs(minutes) * 60_000);
  return minutes > 0 ? t`${much} later in the day` : t`${much} earlier in the day`;
}

/** What staff should know of a time before they give it away. */
export function markWords(mark: PlacementCandidate["marks"][number]): string {
  switch (mark) {
    case "offered":
      return t`just came free`;
    case "late-opening":
      return t`late opening`;
    case "within-freeze":
      return t`speak to the patient`;
    case "short-notice":
      return t`very soon`;
  }
}

/** Why a case was not placed in bulk. */
export function notPlacedWords(code: string): string {
  switch (code) {
    case "patient-inactive":
      return t`the record is switched off`;
    case "closed":
    case "not-found":
      return t`it is closed already`;
    case "claimed":
      return t`a colleague works on it`;
    case "frozen":
      return t`speak to the patient first`;
    case "slot-taken":
      return t`the time was taken, try again`;
    default:
      return t`no free time fits`;
  }
}
