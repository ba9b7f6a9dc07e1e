import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ms, patientCtes } from "../fragments.ts";
import type { Act, Outcome, CallerRef } from "../call.ts";
import { runVerb } from "../verb.ts";

/** Since when the address holds, epoch milliseconds; null when there is none any more. `zone` is the clinic's. */
export interface FeedResult {
  since: number | null;
  zone: string;
}

/**
 * A patient or doctor gets a calendar address, or another one in place of the first, which then is worth nothing.
 * `secretHash` is the SHA-256 of the new secret in hex: the secret itself never comes here, nor into the kept answer.
 */
export function setFeed(db: Database, act: Act, secretHash: string): Promise<Outcome<FeedResult>> {
  const column = act.caller.role === "doctor" ? sql`doctor_id` : sql`patient_id`;
  return runVerb<FeedResult>(db, act, {
    audit: { action: "calendar-feed.set", entity: act.caller.role === "doctor" ? "doctor" : "patient" },
    tell: null,
    steps: sql`${ownerCtes(act.caller)},
      made as (
        insert into calendar_feeds as f (${column}, secret_hash)
        select o.id, decode(${secretHash}, 'hex') from owner o
        on conflict (${column}) do update set secret_hash = excluded.secret_hash, created_at = clock_timestamp()
        returning f.created_at),
      ${changeCte(act.caller, sql`m.created_at`, sql`made m`)}`,
  });
}

/** The address is worth nothing from now on. Repeating it is harmless. */
export function removeFeed(db: Database, act: Act): Promise<Outcome<FeedResult>> {
  return runVerb<FeedResult>(db, act, {
    audit: { action: "calendar-feed.remove", entity: act.caller.role === "doctor" ? "doctor" : "patient" },
    tell: null,
    steps: sql`${ownerCtes(act.caller)},
      gone as (delete from calendar_feeds f using former x where f.id = x.id),
      ${changeCte(act.caller, sql`null::timestamptz`, sql`(select) nothing`)}`,
  });
}

/** `owner(id)`: the caller's own record, locked, so that two requests take turns; `former`: the feed there was. */
function ownerCtes(caller: CallerRef): SQL {
  const doctor = caller.role === "doctor";
  const owner = doctor
    ? sql`patient as (select null where false),
      owner as materialized (
        select d.id from doctors d where d.person_id = (select actor_id from go) and d.active for no key update)`
    : sql`${patientCtes(caller, null)}, owner as materialized (select id from patient)`;
  return sql`${owner},
    former as materialized (
      select f.id, f.created_at from calendar_feeds f
      where ${doctor ? sql`f.doctor_id` : sql`f.patient_id`} = (select id from owner))`;
}

function changeCte(caller: CallerRef, since: SQL, from: SQL): SQL {
  return sql`change as materialized (
    select o.id as entity_id, ${caller.role === "doctor" ? sql`null::uuid` : sql`o.id`} as patient_id,
      (select jsonb_build_object('since', x.created_at) from former x) as before,
      case when ${since} is not null then jsonb_build_object('since', ${since}) end as after,
      jsonb_build_object('since', ${ms(since)}, 'zone', (select time_zone from clinic)) as result,
      ${since} is not null or exists (select from former) as changed
    from owner o, ${from})`;
}
