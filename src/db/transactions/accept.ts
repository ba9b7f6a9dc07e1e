import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { NOW } from "../fragments.ts";
import { type AppointmentRow, appointmentAudit, appointmentJson } from "../queries/appointments.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";
import { type Refusal, type Subject, subjectCtes, versionAndStateCases } from "./subject.ts";

export interface AcceptInput extends Subject {
  /** Staff may say whose appointment it must be. */
  patientId: string | null;
}

/** The patient (or staff in their name) agrees to a move that the clinic made. Free, and nobody need be told. */
export function accept(db: Database, act: Act, input: AcceptInput): Promise<Outcome<AppointmentRow, Refusal>> {
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: "appointment.accept", entity: "appointment" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, input, { patientId: input.patientId })},
      verdict as materialized (
        select case ${versionAndStateCases(input, "accept")} end as refusal from subject a),
      agreed as (
        update appointments a set status = 'booked', changed_by = (select actor_id from go), updated_at = ${NOW},
          version = a.version + 1
        from verdict v where a.id = (select id from subject) and v.refusal is null
        returning a.*),
      change as materialized (
        select g.id as entity_id, g.patient_id as subject_id, ${appointmentAudit(sql`a`)} as before,
          ${appointmentAudit(sql`g`)} as after, ${appointmentJson(sql`g`)} as result, true as changed
        from agreed g, subject a)`,
  });
}
