import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, mergedWith } from "../fragments.ts";
import { notedCte } from "../reads.ts";
import { micros } from "../seal.ts";

/** An entry of the audit trail. `at` is microseconds since 1970; names are those of today. */
export interface AuditRow {
  id: string;
  at: number;
  actorId: string | null;
  actorName: string | null;
  actorRole: CallerRef["role"] | null;
  subjectId: string | null;
  subjectName: string | null;
  action: string;
  entity: string;
  entityId: string;
  before: unknown;
  after: unknown;
  reason: string | null;
  requestId: string;
}

export interface AuditFilter {
  /** A person's id. */
  actor?: string | undefined;
  /** A patient's id; what was noted of records that were merged into theirs is theirs. */
  subject?: string | undefined;
  /** One action, or with a dot at the end all that begin with it. */
  action?: string | undefined;
  entityId?: string | undefined;
  /** Clinic dates, both included. */
  from?: string | undefined;
  to?: string | undefined;
}

/** A place in the trail: the microsecond and the id of the entry before. */
export interface AuditPosition {
  at: number;
  id: string;
}

function conditions({ actor, subject, action, entityId, from, to }: AuditFilter): SQL {
  const where = [sql`exists (select from actor)`];
  const zone = sql`(select time_zone from clinic)`;
  if (actor) where.push(sql`u.actor_id = ${actor}::uuid`);
  if (subject) {
    const ids = mergedWith(sql`${subject}::uuid`);
    where.push(sql`(u.patient_id = any(${ids}) or (u.patient_id is null and u.after ? 'patientIds'
      and u.after -> 'patientIds' ?| ${ids}::text[]))`);
  }
  if (action) where.push(action.endsWith(".") ? sql`starts_with(u.action, ${action})` : sql`u.action = ${action}`);
  if (entityId) where.push(sql`u.entity_id = ${entityId}::uuid`);
  if (from) where.push(sql`u.at >= ${from}::date::timestamp at time zone ${zone}`);
  if (to) where.push(sql`u.at < (${to}::date + 1)::timestamp at time zone ${zone}`);
  return sql.join(where, sql` and `);
}

/** An instant of whole microseconds, exactly. */
const instant = (at: number): SQL => sql`(timestamptz 'epoch' + ${at}::bigint * interval '1 microsecond')`;

/**
 * A page of the audit trail, newest first, one more than `limit` to show that there is more, and the clinic's zone. Null:
 * no such caller. `noted` says how this very look into the trail is noted there, if it is.
 */
export async function readAudit(
  db: Database,
  caller: CallerRef,
  filter: AuditFilter,
  page: { after: AuditPosition | undefined; limit: number },
  noted: { action: "audit.read" | "audit.export"; requestId: string } | null,
) {
  const beyond = page.after ? sql`and (u.at, u.id) < (${instant(page.after.at)}, ${page.after.id}::uuid)` : sql``;
  const parts = [
    actorCte(caller),
    sql`page as materialized (
      select u.* from audit u where ${conditions(filter)} ${beyond} order by u.at desc, u.id desc limit ${page.limit})`,
  ];
  if (noted) {
    parts.push(
      notedCte({
        action: noted.action,
        entity: "person",
        entries: sql`select (select id from actor), ${subjectOf(filter)}, ${JSON.stringify(filter)}::jsonb`,
        requestId: noted.requestId,
      }),
    );
  }
  const [row] = await db.rows<{ known: boolean; zone: string; items: AuditRow[] }>(sql`${ctes(parts)}
    select exists (select from actor) as known, (select time_zone from clinic) as zone,
      coalesce((select jsonb_agg(jsonb_build_object(
        'id', u.id, 'at', ${micros(sql`u.at`)}, 'actorId', u.actor_id,
        'actorName', coalesce(pt.name, d.name, p.name), 'actorRole', p.role,
        'subjectId', u.patient_id, 'subjectName', t.name, 'action', u.action, 'entity', u.entity,
        'entityId', u.entity_id, 'before', u.before, 'after', u.after, 'reason', u.reason, 'requestId', u.request_id)
        order by u.at desc, u.id desc)
        from page u
          left join people p on p.id = u.actor_id
          left join patients pt on pt.person_id = p.id
          left join doctors d on d.person_id = p.id
          left join patients t on t.id = u.patient_id), '[]') as items`);
  return row?.known ? { zone: row.zone, items: row.items } : null;
}

/** The patient asked for, if there is one: the trail's own entry must name a record that exists. */
function subjectOf({ subject }: AuditFilter): SQL {
  return subject ? sql`(select t.id from patients t where t.id = ${subject}::uuid)` : sql`null::uuid`;
}

/** How many entries a filter finds, counted no further than one more than `most`. */
export async function countAudit(db: Database, caller: CallerRef, filter: AuditFilter, most: number): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`${ctes([actorCte(caller)])}
    select count(*)::int as count from (
      select from audit u where ${conditions(filter)} limit ${most + 1}) x`);
  return row?.count ?? 0;
}
