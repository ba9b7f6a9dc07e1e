import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type Act, type Outcome, runVerb } from "../verb.ts";

/** Logs a person out everywhere: every session begun before this is refused by every read and write from now on. */
export function endSessions(db: Database, act: Act): Promise<Outcome<{ epoch: number }>> {
  return runVerb<{ epoch: number }>(db, act, {
    audit: { action: "session.end-all", entity: "person" },
    tell: null,
    steps: sql`patient as (select null where false),
      ended as (
        update people p set epoch = p.epoch + 1 from go where p.id = go.actor_id returning p.id, p.epoch),
      change as materialized (
        select e.id as entity_id, null::uuid as subject_id, jsonb_build_object('epoch', e.epoch - 1) as before,
          jsonb_build_object('epoch', e.epoch) as after, jsonb_build_object('epoch', e.epoch) as result, true as changed
        from ended e)`,
  });
}
