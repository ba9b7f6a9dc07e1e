import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { type AppointmentRow, appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import { slotFate } from "../queries/slot-fate.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { holdersCtes } from "./holder.ts";
import { type Override, takenBy } from "./subject.ts";
import { tellCte } from "./tell.ts";

export interface ConfirmInput {
  holdId: string;
  /** Staff may say whose hold it must be. */
  patientId: string | null;
  /** In the patient's words. */
  reason: string | null;
  /** Staff only: sets aside that the slot is closed, or that the patient has another appointment at that time. */
  override?: Override | null;
}

/**
 * Turns a live hold into an appointment, with its audit and outbox rows, in one statement. Refused (nothing changed, the
 * hold survives) when the hold has expired by the database's clock or is not the caller's, when the slot has closed or
 * begun, or when the patient has another appointment at that time.
 */
export function confirm(db: Database, act: Act, input: ConfirmInput): Promise<Outcome<AppointmentRow>> {
  const forced = Boolean(input.override);
  const overlaps = sql`exists (
    select from appointments o where o.patient_id = h.held_by and o.slot_id is not null
      and not o.overlap_allowed and tstzrange(o.starts_at, o.ends_at) && tstzrange(h.starts_at, h.ends_at))`;
  return runVerb<AppointmentRow>(db, act, {
    audit: { action: "appointment.confirm", entity: "appointment", reason: input.override?.reason ?? null },
    tell: tellCte(sql`a.id, a.patient_id, a.starts_at`, sql`booked a`),
    fate: slotFate(act.caller, input.patientId, { holdId: input.holdId }),
    steps: sql`${holdersCtes(act.caller, input.holdId, input.patientId)},
      booked as (
        insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, reason, overlap_allowed,
          changed_by)
        select h.held_by, h.doctor_id, h.location_id, h.id, h.starts_at, h.ends_at, ${input.reason}, ${overlaps},
          (select actor_id from go)
        from held h
        where h.hold_expires_at > ${NOW} and h.appointment_id is null and h.starts_at > ${NOW}
          ${forced ? sql`` : sql`and h.status = 'open' and not ${overlaps}`}
        returning *),
      taken as (
        update slots s set ${takenBy(sql`a.id`)} from booked a where s.id = a.slot_id),
      change as materialized (
        select a.id as entity_id, a.patient_id as subject_id, null::jsonb as before, ${appointmentAudit(sql`a`)} as after,
          ${appointmentJson(sql`a`)} as result, true as changed
        from booked a)`,
  });
}
