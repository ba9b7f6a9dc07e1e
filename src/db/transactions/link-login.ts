import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { PersonRow } from "../queries/people.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";

/** Why a login was not linked to a record. `phone` is the clinic's. */
export type LinkRefusal =
  /** The login is somebody at the clinic already, switched off or in another role. */
  { code: "forbidden" } | { code: "no-patient-record" | "ambiguous-patient-record"; phone: string };

/**
 * On somebody's first login: links it to the one active patient who has the address that the identity provider has
 * verified, whatever the case of its letters, and makes them a person who can log in. Refused when there is none; and
 * when there are several with this address, linked or not, for a parent's must not open a child's record. Two first
 * logins at once: one links, the other is told so by the guards and decides again.
 */
export function linkLogin(db: Database, act: Act, email: string | null): Promise<Outcome<PersonRow, LinkRefusal>> {
  const { subject } = act.caller;
  return runVerb<PersonRow, LinkRefusal>(db, act, {
    audit: { action: "patient.link", entity: "patient" },
    tell: null,
    actor: sql`candidates as materialized (
        select t.id, t.name, t.person_id from patients t
        where lower(t.email) = lower(${email}::text) and t.active and t.merged_into is null
        order by t.id for no key update),
      known as materialized (select p.id from people p where p.subject = ${subject}),
      joined as (
        insert into people (subject, role, name)
        select ${subject}, 'patient', c.name from candidates c
        where c.person_id is null and (select count(*) from candidates) = 1 and not exists (select from known)
        returning id, role, name, session_version),
      actor as materialized (select id, role from joined)`,
    refusal: sql`case
      when exists (select from known) then jsonb_build_object('code', 'forbidden')
      when not exists (select from candidates) then jsonb_build_object(
        'code', 'no-patient-record', 'phone', (select phone from clinic))
      when not exists (select from joined) then jsonb_build_object(
        'code', 'ambiguous-patient-record', 'phone', (select phone from clinic)) end`,
    steps: sql`patient as (
        update patients t set person_id = j.id, changed_by = j.id, updated_at = clock_timestamp(), version = t.version + 1
        from joined j, candidates c, go where t.id = c.id returning t.*),
      change as materialized (
        select t.id as entity_id, t.id as patient_id, jsonb_build_object('personId', null) as before,
          jsonb_build_object('personId', t.person_id) as after,
          jsonb_build_object('personId', j.id, 'role', j.role, 'name', t.name, 'sessionVersion', j.session_version, 'patientId', t.id,
            'doctorId', null, 'sessionMinutes', (select session_minutes from policy)) as result, true as changed
        from patient t, joined j)`,
  });
}
