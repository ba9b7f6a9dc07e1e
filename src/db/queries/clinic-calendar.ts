import type { CalendarChange } from "#domain/calendar/change.ts";
import type { Calendar, CalendarDoctor, CalendarLocation, StoredSlot } from "#domain/calendar/model.ts";
import { addDays } from "#domain/clinic-time.ts";
import { type CallerRef, type Found, read } from "../call.ts";
import type { Database } from "../client.ts";

/** Which part of the clinic calendar is read (calendar_scope.sql). Dates are clinic dates, both bounds included. */
export interface CalendarScope {
  /** These doctors; all where neither they nor a slot are given. */
  doctorIds?: readonly string[];
  /** The doctor of this slot, and the slots of the days before, of and after it. */
  slotId?: string;
  /** Slots on these dates; without them, all that have not ended. */
  from?: string;
  to?: string;
  /** Slots of all doctors on these dates, at one location, or at those of a country, or everywhere (both null). */
  days?: readonly { date: string; locationId: string | null; country: string | null }[];
}

/** The part of the clinic calendar that a change can touch, and what its rules look at. */
export function scopeOf(change: CalendarChange): CalendarScope {
  switch (change.kind) {
    case "schedule":
    case "exception-remove":
    case "doctor-left":
      return { doctorIds: [change.doctorId] };
    case "exception-add": {
      const { exception } = change;
      const [from, to] =
        exception.kind === "absence" ? [exception.fromDate, exception.toDate] : [exception.date, exception.date];
      return { doctorIds: [change.doctorId], from: addDays(from, -1), to: addDays(to, 1) };
    }
    case "slot-add":
      return { doctorIds: [change.doctorId], ...around([change.startsAt, change.endsAt]) };
    case "slot-change":
      return { slotId: change.slotId, ...around([change.startsAt, change.endsAt].filter((at) => at !== undefined)) };
    case "slot-remove":
      return { slotId: change.slotId };
    case "holidays-add": {
      const { locationId } = change;
      const country = locationId === null ? change.country : null;
      return { days: change.days.map(({ date }) => ({ date, locationId, country })) };
    }
    case "holiday-remove":
      return { days: change.days.map(({ date, locationId }) => ({ date, locationId, country: null })) };
  }
}

/** The dates near instants: two days around them hold every slot that could overlap, in any zone. */
function around(instants: readonly number[]): Pick<CalendarScope, "from" | "to"> {
  if (instants.length === 0) return {};
  const day = (at: number, by: number) => addDays(new Date(at).toISOString().slice(0, 10), by);
  return { from: day(Math.min(...instants), -2), to: day(Math.max(...instants), 2) };
}

/** A part of the clinic calendar as calendar_json.sql answers it. */
export interface CalendarJson extends Omit<Calendar, "locations" | "doctors"> {
  locations: (Omit<CalendarLocation, "holidays"> & { holidays: string[] })[];
  doctors: CalendarDoctor[];
  slots: StoredSlot[];
}

export function calendarOf(json: CalendarJson): Calendar {
  return {
    ...json,
    locations: new Map(json.locations.map((one) => [one.id, { ...one, holidays: new Set(one.holidays) }])),
    doctors: new Map(json.doctors.map((one) => [one.id, one])),
  };
}

/** A part of the clinic calendar, without locks: read_calendar.sql. */
export async function readCalendar(db: Database, caller: CallerRef, scope: CalendarScope): Promise<Found<Calendar>> {
  const { known, item } = await read<CalendarJson>(db, caller, "read_calendar", { scope });
  return { known, item: item && calendarOf(item) };
}

/** The next `limit` active doctors after an id, by id; from the first where it is null. */
export async function nextDoctors(db: Database, after: string | null, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>({
    text: `select d.id from doctors d where d.active and ($1::uuid is null or d.id > $1) order by d.id limit $2`,
    params: [after, limit],
  });
  return rows.map(({ id }) => id);
}
