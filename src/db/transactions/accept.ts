import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { AppointmentRow } from "../queries/appointments.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";
import { alterCtes } from "./alter.ts";
import type { Refusal } from "../refusal.ts";
import { type Subject, subjectCtes, versionAndStateCases } from "./subject.ts";

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
      ${alterCtes(sql`status = 'booked'`)}`,
  });
}
