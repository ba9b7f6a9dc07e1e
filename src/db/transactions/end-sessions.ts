import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { Act, Outcome } from "../call.ts";
import { runVerb } from "../verb.ts";

/** Logs a person out everywhere: every session begun before this is refused by every read and write from now on. */
export function endSessions(db: Database, act: Act): Promise<Outcome<{ sessionVersion: number }>> {
  return runVerb<{ sessionVersion: number }>(db, act, {
    audit: { action: "session.end-all", entity: "person" },
    tell: null,
    steps: sql`patient as (select null where false),
      ended as (
        update people p set session_version = p.session_version + 1 from go where p.id = go.actor_id returning p.id, p.session_version),
      change as materialized (
        select e.id as entity_id, null::uuid as patient_id, jsonb_build_object('sessionVersion', e.session_version - 1) as before,
          jsonb_build_object('sessionVersion', e.session_version) as after, jsonb_build_object('sessionVersion', e.session_version) as result, true as changed
        from ended e)`,
  });
}
