import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type DoctorRecordRow, doctorAudit, doctorRecordJson } from "../queries/doctors.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";

export interface CreateDoctorInput {
  name: string;
  specialty: string;
  /** Minutes; the policy's when null. */
  slotMinutes: number | null;
}

/** Staff add a doctor, who has no schedule and no login yet. */
export function createDoctor(db: Database, act: Act, input: CreateDoctorInput): Promise<Outcome<DoctorRecordRow>> {
  return runVerb<DoctorRecordRow>(db, act, {
    audit: { action: "doctor.create", entity: "doctor" },
    tell: null,
    steps: sql`patient as (select null where false),
      created as (
        insert into doctors (name, specialty, slot_minutes, changed_by)
        select ${input.name}, ${input.specialty}, ${input.slotMinutes}::int, go.actor_id from go
        returning *),
      change as materialized (
        select c.id as entity_id, null::uuid as patient_id, null::jsonb as before, ${doctorAudit(sql`c`)} as after,
          ${doctorRecordJson(sql`c`)} as result, true as changed
        from created c)`,
  });
}
