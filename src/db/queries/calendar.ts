import { type SQL, sql } from "drizzle-orm";
import type { Calendar, CalendarDoctor, CalendarLocation, StoredSlot } from "#domain/calendar/model.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { addDays } from "#domain/clinic-time.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, ms } from "../fragments.ts";
import type { Transaction } from "../transaction.ts";

/** Which part of the clinic's calendar a change is decided from: conditions on doctors `d` and on slots `s`. */
export interface CalendarScope {
  doctors: SQL;
  slots: SQL;
}

/** The part of the calendar that a change can touch, and what its rules look at. */
export function scopeOf(change: CalendarChange): CalendarScope {
  switch (change.kind) {
    case "schedule":
    case "exception-remove":
    case "doctor-left":
      return ofDoctor(change.doctorId);
    case "exception-add": {
      const { exception } = change;
      const [from, to] =
        exception.kind === "absence" ? [exception.fromDate, exception.toDate] : [exception.date, exception.date];
      return ofDoctor(change.doctorId, sql`s.clinic_date between ${from}::date - 1 and ${to}::date + 1`);
    }
    case "slot-add":
      return ofDoctor(change.doctorId, around([change.startsAt, change.endsAt]));
    case "slot-change":
    case "slot-remove": {
      const own = sql`select o.doctor_id from slots o where o.id = ${change.slotId}::uuid`;
      const times =
        change.kind === "slot-change" ? [change.startsAt, change.endsAt].filter((t) => t !== undefined) : [];
      const near = times.length > 0 ? sql` or ${around(times)}` : sql``;
      return {
        doctors: sql`d.id = (${own})`,
        slots: sql`s.doctor_id = (${own}) and (s.id = ${change.slotId}::uuid${near}
        or s.clinic_date between (select o.clinic_date - 1 from slots o where o.id = ${change.slotId}::uuid)
          and (select o.clinic_date + 1 from slots o where o.id = ${change.slotId}::uuid))`,
      };
    }
    case "holidays-add": {
      const dates = change.days.map(({ date }) => date);
      const where =
        change.locationId === null
          ? sql`(${change.country}::text is null or s.location_id in (
              select l.id from locations l where l.country = ${change.country}))`
          : sql`s.location_id = ${change.locationId}::uuid`;
      return { doctors: sql`true`, slots: sql`s.clinic_date = any(${`{${dates.join(",")}}`}::date[]) and ${where}` };
    }
    case "holiday-remove": {
      const dates = sql`${`{${change.days.map(({ date }) => date).join(",")}}`}::date[]`;
      return {
        doctors: sql`true`,
        slots: sql`s.clinic_date = any(${dates}) and (s.clinic_date, s.location_id) in (
          select x.date, x."locationId"
          from jsonb_to_recordset(${JSON.stringify(change.days)}::jsonb) x(date date, "locationId" uuid))`,
      };
    }
  }
}

function ofDoctor(id: string, slots: SQL = sql`true`): CalendarScope {
  return { doctors: sql`d.id = ${id}::uuid`, slots: sql`s.doctor_id = ${id}::uuid and ${slots}` };
}

/** Slots near instants: two days around them hold every slot that could overlap, in any zone. */
function around(instants: number[]): SQL {
  const day = (ms: number, by: number) => addDays(new Date(ms).toISOString().slice(0, 10), by);
  return sql`s.clinic_date between ${day(Math.min(...instants), -2)}::date and ${day(Math.max(...instants), 2)}::date`;
}

interface CalendarJson extends Omit<Calendar, "locations" | "doctors"> {
  locations: (Omit<CalendarLocation, "holidays"> & { holidays: string[] })[];
  doctors: CalendarDoctor[];
  slots: StoredSlot[];
}

/**
 * Locks what a change is decided under, in the order of all locks: locations, then doctors. Slots are locked later and
 * only those that change, so that nobody who holds another slot meets a lock. Holidays belong to locations, so they
 * lock those for themselves and everybody else shares them.
 */
export async function lockCalendar(tx: Transaction, scope: CalendarScope, of: "doctors" | "locations"): Promise<void> {
  const strength = of === "locations" ? sql`for no key update` : sql`for share`;
  await tx.rows(
    sql`${ctes([
      sql`places as materialized (select l.id from locations l order by l.id ${strength})`,
      sql`people as materialized (
      select d.id from doctors d where (select count(*) from places) >= 0 and ${scope.doctors}
      order by d.id for no key update)`,
    ])} select count(*) from people`,
  );
}

/** Reads a part of the calendar. */
export async function readCalendar(tx: Transaction, scope: CalendarScope): Promise<Calendar> {
  const [row] = await tx.rows<{ calendar: CalendarJson }>(sql`select ${calendarJson(scope)} as calendar`);
  if (!row) throw new Error("the calendar answered no row");
  return calendarOf(row.calendar);
}

/** As `readCalendar`, in one statement with who is calling. Null: no such caller. */
export async function readCalendarAs(db: Transaction, caller: CallerRef, scope: CalendarScope) {
  const [row] = await db.rows<{ known: boolean; calendar: CalendarJson | null }>(sql`${ctes([actorCte(caller)])}
    select exists (select from actor) as known,
      (select ${calendarJson(scope)} where exists (select from actor)) as calendar`);
  return row?.calendar ? calendarOf(row.calendar) : null;
}

function calendarOf(json: CalendarJson): Calendar {
  return {
    ...json,
    locations: new Map(json.locations.map((one) => [one.id, { ...one, holidays: new Set(one.holidays) }])),
    doctors: new Map(json.doctors.map((one) => [one.id, one])),
  };
}

const hhmm = (column: SQL): SQL => sql`left(${column}::text, 5)`;

/** A doctor's weekly sessions as jsonb, in their order through the week. */
export const sessionsJson = sql`coalesce((
  select jsonb_agg(jsonb_build_object('weekday', c.weekday, 'from', ${hhmm(sql`c.from_time`)},
    'to', ${hhmm(sql`c.to_time`)}, 'slotMinutes', c.slot_minutes, 'validFrom', c.valid_from, 'validTo', c.valid_to,
    'locationId', c.location_id) order by c.valid_from, c.weekday, c.from_time, c.id)
  from schedules c where c.doctor_id = d.id), '[]')`;

/** An exception `e` as jsonb, as the domain has it. */
export const exceptionJson = sql`jsonb_build_object('id', e.id, 'kind', e.kind, 'locationId', e.location_id,
  'from', ${hhmm(sql`e.from_time`)}, 'to', ${hhmm(sql`e.to_time`)}, 'note', e.note) ||
  case e.kind when 'extra' then jsonb_build_object('date', e.from_date, 'slotMinutes', e.slot_minutes)
    else jsonb_build_object('fromDate', e.from_date, 'toDate', e.to_date) end`;

function calendarJson(scope: CalendarScope): SQL {
  // Exceptions and holidays of the day before matter to a night session that goes on today.
  return sql`jsonb_build_object(
    'now', ${ms(sql`clock_timestamp()`)},
    'today', (select (clock_timestamp() at time zone c.time_zone)::date from clinic c),
    'policySlotMinutes', (select slot_minutes from policy), 'horizonDays', (select horizon_days from policy),
    'locations', (select jsonb_agg(jsonb_build_object('id', l.id, 'zone', l.time_zone, 'country', l.country,
      'holidays', coalesce((select jsonb_agg(h.date) from holidays h
        where h.location_id = l.id and h.date >= current_date - 2), '[]'))) from locations l),
    'doctors', coalesce((select jsonb_agg(jsonb_build_object('id', d.id, 'slotMinutes', d.slot_minutes,
      'scheduleVersion', d.schedule_version, 'active', d.active, 'leavesOn', d.leaves_on, 'sessions', ${sessionsJson},
      'exceptions', coalesce((select jsonb_agg(${exceptionJson} order by e.from_date, e.id) from exceptions e
        where e.doctor_id = d.id and e.to_date >= current_date - 1), '[]')))
      from doctors d where ${scope.doctors}), '[]'),
    'slots', coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'doctorId', s.doctor_id,
      'locationId', s.location_id, 'startsAt', ${ms(sql`s.starts_at`)}, 'endsAt', ${ms(sql`s.ends_at`)},
      'date', s.clinic_date, 'status', s.status, 'closedBy', s.closed_by, 'byHand', s.by_hand, 'origin', s.origin,
      'appointment', case when a.id is not null then jsonb_build_object('id', a.id, 'version', a.version,
        'patientId', a.patient_id, 'settled', a.status not in ('booked', 'moved')) end)
      order by s.starts_at, s.id)
      from slots s left join appointments a on a.id = s.appointment_id
      where s.ends_at > clock_timestamp() and ${scope.slots}), '[]'))`;
}
