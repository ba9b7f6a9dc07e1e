import { sql } from "drizzle-orm";
import type { Attendance } from "#domain/lifecycle.ts";
import type { Database } from "../client.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { alterCtes } from "./alter.ts";
import type { Refusal } from "../refusal.ts";
import { type Subject, subjectCtes, tooEarlyCase, versionAndStateCases } from "./subject.ts";

export interface AttendInput extends Subject {
  status: Attendance;
}

/** The start of the appointment's day at its location. */
const DAY_BEGINS = sql`(select date_trunc('day', a.starts_at at time zone l.time_zone) at time zone l.time_zone
  from locations l where l.id = a.location_id)`;

/**
 * A doctor (in their own slots) or staff mark that a patient has arrived, has been seen, or did not come. Nobody arrives
 * before the day, nor fails to come before the start. The patient was there or was not: nobody need be told.
 */
export function attend(db: Database, act: Act, input: AttendInput): Promise<Outcome<AppointmentRow, Refusal>> {
  return runVerb<AppointmentRow, Refusal>(db, act, {
    audit: { action: `appointment.${input.status}`, entity: "appointment" },
    tell: null,
    refusal: sql`(select refusal from verdict)`,
    steps: sql`${subjectCtes(act.caller, input, { byClinic: true })},
      verdict as materialized (
        select case ${versionAndStateCases(input, input.status)}
          ${tooEarlyCase(input.status === "no-show" ? sql`a.starts_at` : DAY_BEGINS)} end as refusal
        from subject a),
      ${alterCtes(sql`status = ${input.status}`)}`,
  });
}
