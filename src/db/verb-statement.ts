import { type SQL, sql } from "drizzle-orm";
import { actorCte, ctes, ms } from "./fragments.ts";
import type { Act } from "./call.ts";
import type { Refused, Verb } from "./verb.ts";

/** What the statement of a verb says. */
export interface Answer<Result, Why> {
  actor: boolean;
  turn: boolean;
  prior: { hash: string; result: Result | null; refusal: Refused<Why> | null } | null;
  result: Result | null;
  refusal: Refused<Why> | null;
  /** Of a refusal: it is the last word. */
  settled: boolean;
  why: Why | null;
  dueAt: number | null;
}

/** A verb, or the refusal of one. */
export interface GuardedVerb extends Verb {
  /** The guard of the database that said no to the verb. */
  constraint?: string | null;
}

/** Refusals for which somebody else has the slot, as far as one could see. */
const LOST_SLOT = ["slot-taken", "hold-expired"];

/**
 * Refusals of the request as it was put (400, 412, 428). They are not kept, for whoever asked is to put it right and ask
 * again; and to a statement that comes late they stay true, since versions only rise.
 */
const ILL_PUT = [
  "invalid-request",
  "not-born-yet",
  "unknown-language",
  "login-taken",
  "out-of-order",
  "same-record",
  "no-such-survivor",
  "no-such-patient",
  "version-conflict",
  "preview-stale",
  "precondition-required",
];

/**
 * The one statement of a verb, which answers one row `answer`. With `again`, whoever does not get a slot is not refused yet:
 * nothing is kept, and what is free instead is not looked for.
 */
export function verbStatement(act: Act, verb: GuardedVerb, again: boolean): SQL {
  const key = act.idempotency;
  const turn = key
    ? sql`turn as materialized (
        select pg_try_advisory_xact_lock(hashtextextended(${key.key}, hashtext(a.id::text))) as ok from actor a),
      prior as materialized (
        select k.request_hash, k.result, k.refusal
        from actor a, turn t, kept_answer(a.id, case when t.ok is not null then ${key.key}::text end) k)`
    : sql`turn as materialized (select true as ok),
      prior as materialized (select null::text as request_hash, null::jsonb as result, null::jsonb as refusal where false)`;
  const keep = key
    ? [
        sql`kept as (
          insert into idempotency_keys (person_id, key, request_hash, result, refusal)
          select go.actor_id, ${key.key}, ${key.hash}, c.result, null::jsonb from change c, go
          union all
          -- A server that goes down takes with it the late statements that this is kept for: no need to wait for the disk.
          select go.actor_id, ${key.key}, ${key.hash}, null, r.refusal from refused r, go
          where r.settled and coalesce(r.code, '') <> all (${texts(ILL_PUT)})
            and set_config('synchronous_commit', 'off', true) = 'off')`,
      ]
    : [];
  const fate = (again ? undefined : verb.fate) ?? sql`null::jsonb`;
  const settled = again ? sql`coalesce(w.why ->> 'code' <> all (${texts(LOST_SLOT)}), false)` : sql`true`;
  const parts = [
    verb.actor ?? actorCte(act.caller),
    turn,
    sql`go as materialized (
      select a.id as actor_id from actor a where (select ok from turn) and not exists (select from prior))`,
    verb.steps,
    sql`audited as (
      insert into audit (actor_id, patient_id, action, entity, entity_id, before, after, reason, request_id)
      select go.actor_id, c.patient_id, ${verb.audit.action}, ${verb.audit.entity}, c.entity_id, c.before, c.after,
        ${verb.audit.reason ?? null}, ${act.requestId}
      from change c, go where c.changed)`,
    ...(verb.tell ? [verb.tell] : []),
    sql`reason as materialized (select ${verb.refusal ?? sql`null::jsonb`} as why),
    refused as materialized (
      select w.why ->> 'code' as code, ${settled} as settled,
        jsonb_build_object('patientKnown', exists (select from patient), 'constraint', ${verb.constraint ?? null}::text,
          'why', w.why, 'fate', ${fate}) as refusal
      from go, reason w where not exists (select from change))`,
    ...keep,
  ];
  return sql`${ctes(parts)} select jsonb_build_object(
    'actor', exists (select from actor),
    'turn', coalesce((select ok from turn), false),
    'prior', (select jsonb_build_object('hash', request_hash, 'result', result, 'refusal', refusal) from prior),
    'result', (select result from change),
    'refusal', (select refusal from refused),
    'settled', coalesce((select settled from refused), false),
    'why', (select why from reason),
    'dueAt', ${verb.tell ? sql`(select ${ms(sql`max(due_at)`)} from told)` : sql`null`}) as answer`;
}

function texts(values: readonly string[]): SQL {
  return sql`array[${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )}]::text[]`;
}
