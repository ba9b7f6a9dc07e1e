import { type SQL, sql } from "drizzle-orm";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { Calendar } from "#domain/calendar/model.ts";
import { addDays } from "#domain/clinic-time.ts";
import { slotJson } from "../fragments.ts";
import { exceptionJson } from "../queries/calendar.ts";
import { doctorAudit, doctorRecordJson } from "../queries/doctors.ts";

/** What the audit trail calls each change, and of what kind the changed thing is. */
export const AUDITED: Record<CalendarChange["kind"], { action: string; entity: string }> = {
  schedule: { action: "schedule.change", entity: "doctor" },
  "exception-add": { action: "exception.add", entity: "exception" },
  "exception-remove": { action: "exception.remove", entity: "exception" },
  "slot-add": { action: "slot.add", entity: "slot" },
  "slot-change": { action: "slot.change", entity: "slot" },
  "slot-remove": { action: "slot.remove", entity: "slot" },
  "holidays-add": { action: "holiday.add", entity: "holiday" },
  "holiday-remove": { action: "holiday.remove", entity: "holiday" },
  "doctor-left": { action: "doctor.leave", entity: "doctor" },
};

/** A slot as staff see it. */
export const staffSlotJson = (s: SQL): SQL => sql`${slotJson(s)} || jsonb_build_object('status', ${s}.status,
  'closedBy', ${s}.closed_by, 'appointmentId', ${s}.appointment_id)`;

export const holidayJson = (h: SQL): SQL => sql`jsonb_build_object('id', ${h}.id, 'locationId', ${h}.location_id,
  'date', ${h}.date, 'name', ${h}.name, 'source', ${h}.source)`;

const slotAudit = (s: SQL): SQL => sql`jsonb_build_object('doctorId', ${s}.doctor_id, 'locationId', ${s}.location_id,
  'startsAt', ${s}.starts_at, 'endsAt', ${s}.ends_at, 'status', ${s}.status, 'closedBy', ${s}.closed_by,
  'byHand', ${s}.by_hand)`;

/**
 * CTEs that write what a change is itself (a template, an exception, a holiday), where slots have been changed already
 * and the inserted ones are `added`. They end in `changed(entity_id, before, after, result)`, a row for each thing.
 */
export function changedCtes(calendar: Calendar, change: CalendarChange, actorId: string): SQL {
  switch (change.kind) {
    case "schedule": {
      const { doctorId, sessions } = change;
      const before = JSON.stringify({ sessions: calendar.doctors.get(doctorId)?.sessions ?? [] });
      const after = JSON.stringify({ sessions });
      return sql`gone as (delete from schedules where doctor_id = ${doctorId}::uuid),
        fresh as (
          insert into schedules (doctor_id, location_id, weekday, from_time, to_time, slot_minutes, valid_from, valid_to)
          select ${doctorId}::uuid, x."locationId", x.weekday, x."from", x."to", x."slotMinutes", x."validFrom", x."validTo"
          from jsonb_to_recordset(${JSON.stringify(sessions)}::jsonb) x("locationId" uuid, weekday smallint, "from" time,
            "to" time, "slotMinutes" int, "validFrom" date, "validTo" date)),
        versioned as (
          update doctors d set schedule_version = d.schedule_version + 1 where d.id = ${doctorId}::uuid
          returning d.schedule_version as version),
        changed as (
          select ${doctorId}::uuid as entity_id, ${before}::jsonb || jsonb_build_object('version', v.version - 1) as before,
            ${after}::jsonb || jsonb_build_object('version', v.version) as after,
            ${after}::jsonb || jsonb_build_object('version', v.version) as result from versioned v)`;
    }
    case "exception-add": {
      const { doctorId, exception, note } = change;
      const extra = exception.kind === "extra";
      const [from, to] = extra ? [exception.date, addDays(exception.date, 1)] : [exception.fromDate, exception.toDate];
      return sql`fresh as (
          insert into exceptions (doctor_id, kind, location_id, from_date, to_date, from_time, to_time, slot_minutes, note)
          values (${doctorId}::uuid, ${exception.kind}, ${exception.locationId ?? null}::uuid, ${from}::date, ${to}::date,
            ${exception.from ?? null}::time, ${exception.to ?? null}::time,
            ${extra ? (exception.slotMinutes ?? null) : null}::int, ${note}) returning *),
        changed as (
          select e.id as entity_id, null::jsonb as before, ${exceptionJson} as after, ${exceptionJson} as result
          from fresh e)`;
    }
    case "exception-remove":
      return sql`gone as (
          delete from exceptions e where e.id = ${change.exceptionId}::uuid and e.doctor_id = ${change.doctorId}::uuid
          returning *),
        changed as (
          select e.id as entity_id, ${exceptionJson} as before, null::jsonb as after, '{}'::jsonb as result from gone e)`;
    case "slot-add":
      return sql`changed as (
        select s.id as entity_id, null::jsonb as before, ${slotAudit(sql`s`)} as after, ${staffSlotJson(sql`s`)} as result
        from added s)`;
    case "slot-change":
      return sql`changed as (
        select s.id as entity_id, ${beforeOf(calendar, change.slotId)}::jsonb as before, ${slotAudit(sql`s`)} as after,
          ${staffSlotJson(sql`s`)} as result
        from slots s where s.id = ${change.slotId}::uuid)`;
    case "slot-remove":
      return sql`changed as (
        select ${change.slotId}::uuid as entity_id, ${beforeOf(calendar, change.slotId)}::jsonb as before,
          null::jsonb as after, '{}'::jsonb as result)`;
    case "holidays-add": {
      // A person who enters a day again corrects its name; an import leaves alone what is there.
      const again =
        change.source === "staff" ? sql`update set name = excluded.name, source = excluded.source` : sql`nothing`;
      return sql`fresh as (
          insert into holidays (location_id, date, name, source)
          select l.id, x.date, x.name, ${change.source}
          from locations l, jsonb_to_recordset(${JSON.stringify(change.days)}::jsonb) x(date date, name text)
          where (${change.locationId}::uuid is null or l.id = ${change.locationId}::uuid)
            and (${change.country}::text is null or ${change.locationId}::uuid is not null or l.country = ${change.country})
          on conflict (location_id, date) do ${again} returning *),
        changed as (
          select h.id as entity_id, (select ${holidayJson(sql`o`)} from holidays o where o.id = h.id) as before,
            ${holidayJson(sql`h`)} as after, ${holidayJson(sql`h`)} as result from fresh h)`;
    }
    case "holiday-remove":
      return sql`gone as (
          delete from holidays h where h.id = any(${`{${change.days.map(({ holidayId }) => holidayId).join(",")}}`}::uuid[])
          returning *),
        changed as (
          select h.id as entity_id, ${holidayJson(sql`h`)} as before, null::jsonb as after, '{}'::jsonb as result
          from gone h)`;
    case "doctor-left":
      return sql`leaving as (
          update doctors d set leaves_on = ${change.from}::date, changed_by = ${actorId}::uuid,
            updated_at = clock_timestamp(), version = d.version + 1
          where d.id = ${change.doctorId}::uuid returning d.*),
        changed as (
          select d.id as entity_id, (select ${doctorAudit(sql`o`)} from doctors o where o.id = d.id) as before,
            ${doctorAudit(sql`d`)} as after, ${doctorRecordJson(sql`d`)} as result from leaving d)`;
  }
}

function beforeOf(calendar: Calendar, slotId: string): string {
  const slot = calendar.slots.find(({ id }) => id === slotId);
  if (!slot) throw new Error("a slot that changes is in the calendar");
  const { doctorId, locationId, status, closedBy, byHand } = slot;
  const times = { startsAt: new Date(slot.startsAt).toISOString(), endsAt: new Date(slot.endsAt).toISOString() };
  return JSON.stringify({ doctorId, locationId, ...times, status, closedBy, byHand });
}
