import { addDays, weekdayOf } from "#domain/clinic-time.ts";
import { expandSchedule } from "#domain/schedule/expand.ts";
import type { Absence, ExtraSession, ScheduleException, ScheduleLocation, Session } from "#domain/schedule/model.ts";
import { validateExceptions, validateTemplate } from "#domain/schedule/validate.ts";
import { HORIZON_DAYS, type LocationKey, SLOT_MINUTES } from "./clinic.ts";
import { DOCTORS, type SeedDoctor } from "./doctors.ts";

/** Days before today that have slots too, so that there is a history. */
const HISTORY_DAYS = 14;

/** The clinic dates `[from, to)` that have slots. */
export interface Span {
  today: string;
  from: string;
  to: string;
}

/** The parts of one doctor's calendar, with location ids. */
export interface DoctorCalendar {
  sessions: Session[];
  exceptions: { exception: ScheduleException; note: string }[];
  slots: CalendarSlot[];
}

/** Times are epoch milliseconds. */
interface CalendarSlot {
  startsAt: number;
  endsAt: number;
  date: string;
  locationId: string;
  closedBy: "holiday" | "absence" | null;
  origin: "template" | "extra";
}

export function spanAround(today: string): Span {
  return { today, from: addDays(today, -HISTORY_DAYS), to: addDays(today, HORIZON_DAYS) };
}

/**
 * The calendar of a doctor (counted from 0) over a span, as the product itself expands it.
 * @param locations by id, with the dates on which each is closed
 * @throws when the templates above are not sound by the product's own rules
 */
export function makeCalendar(
  doctor: number,
  span: Span,
  idOf: (key: LocationKey) => string,
  locations: ReadonlyMap<string, ScheduleLocation>,
): DoctorCalendar {
  const seed = DOCTORS[doctor];
  if (!seed) throw new RangeError(`There is no doctor ${doctor + 1}.`);
  const monday = addDays(span.today, 1 - weekdayOf(span.today));
  const sessions = sessionsOf(seed, monday, idOf);
  const exceptions = exceptionsOf(doctor, monday, idOf);

  const rules = { locations, doctorSlotMinutes: seed.slotMinutes, policySlotMinutes: SLOT_MINUTES };
  const all = exceptions.map(({ exception }) => exception);
  const [issue] = [...validateTemplate(sessions, rules), ...validateExceptions(all, sessions, rules)];
  if (issue) throw new Error(`The calendar of ${seed.name} is not sound: ${issue.pointer} ${issue.message}`);

  const absences = all.filter((exception) => exception.kind === "absence");
  const slots = [...expand("template", sessions, absences), ...expand("extra", [], all)].sort(
    (a, b) => a.startsAt - b.startsAt,
  );
  return { sessions, exceptions, slots };

  function expand(origin: CalendarSlot["origin"], of: Session[], except: ScheduleException[]): CalendarSlot[] {
    const { from, to } = span;
    return expandSchedule({ ...rules, sessions: of, exceptions: except, from, to }).slots.map(
      ({ startsAt, endsAt, date, locationId, closedBy = null }) => ({
        startsAt,
        endsAt,
        date,
        locationId,
        closedBy,
        origin,
      }),
    );
  }
}

function sessionsOf(seed: SeedDoctor, monday: string, idOf: (key: LocationKey) => string): Session[] {
  const since = `${Number(monday.slice(0, 4)) - 1}-01-01`;
  return seed.week.flatMap(({ days, at, hours, slotMinutes = null, fromWeek, untilWeek }) =>
    days.flatMap((weekday) =>
      hours.map((text) => ({
        weekday,
        ...hoursOf(text),
        slotMinutes,
        validFrom: fromWeek === undefined ? since : addDays(monday, 7 * fromWeek),
        validTo: untilWeek === undefined ? null : addDays(monday, 7 * untilWeek),
        locationId: idOf(at),
      })),
    ),
  );
}

/** The doctors' absences and extra sessions; `monday` begins the week of the seed. */
function exceptionsOf(
  doctor: number,
  monday: string,
  idOf: (key: LocationKey) => string,
): DoctorCalendar["exceptions"] {
  const day = (week: number, weekday: number) => addDays(monday, 7 * week + weekday - 1);
  const away = (fromDate: string, toDate: string, hours?: string): Absence => ({
    kind: "absence",
    fromDate,
    toDate,
    ...(hours === undefined ? {} : hoursOf(hours)),
  });
  const extra = (date: string, hours: string, at: LocationKey): ExtraSession => ({
    kind: "extra",
    date,
    ...hoursOf(hours),
    locationId: idOf(at),
  });
  const known: Record<number, DoctorCalendar["exceptions"]> = {
    0: [{ exception: extra(day(1, 6), "10:00-13:00", "quay"), note: "Saturday clinic" }],
    1: [{ exception: away(day(-1, 4), day(-1, 4)), note: "Sick" }],
    2: [{ exception: away(day(1, 1), day(1, 2)), note: "Training" }],
    6: [{ exception: away(day(4, 1), day(4, 7)), note: "Annual leave" }],
    8: [{ exception: away(day(2, 3), day(2, 3), "13:30-16:30"), note: "Hospital rounds" }],
  };
  return known[doctor] ?? [];
}

function hoursOf(text: string): { from: string; to: string } {
  const [from = "", to = ""] = text.split("-");
  return { from, to };
}
