import { type SQL, sql } from "drizzle-orm";

/**
 * The CTE `noted`: what the clinic's people have read of patients goes to the audit trail, in the statement that reads
 * it. It needs `actor`; patients reading about themselves are not noted.
 */
export function notedCte(read: {
  action: string;
  entity: "patient" | "appointment" | "person";
  /** Rows (entity_id, patient_id, after): one for each entry, none where nothing was read. */
  entries: SQL;
  requestId: string;
}): SQL {
  return sql`noted as (
    insert into audit (actor_id, patient_id, action, entity, entity_id, after, request_id)
    select a.id, x.patient_id, ${read.action}, ${read.entity}, x.entity_id, x.after, ${read.requestId}
    from actor a, (${read.entries}) x (entity_id, patient_id, after) where a.role <> 'patient')`;
}

/**
 * A list that staff look at all day and that asks again by itself is noted once in so many minutes, as long as the same
 * person sees the same patients in it.
 */
const SAME_LIST_MINUTES = 5;

/**
 * The CTEs that note a list of several patients: one entry that names them all in `after`, none for an empty list.
 * `patients` is a query of one jsonb array of their ids, in order and each once, or null.
 */
export function listedCtes(list: { action: string; patients: SQL; requestId: string }): SQL[] {
  const { action, patients, requestId } = list;
  const entries = sql`select (select id from actor), null::uuid, jsonb_build_object('patientIds', s.patients)
    from seen s where s.patients is not null and not ${isNotedAlready(action, sql`s.patients`)}`;
  return [
    sql`seen as materialized (select (${patients}) as patients)`,
    notedCte({ action, entity: "person", entries, requestId }),
  ];
}

/** The same person has been noted for the same list a short while ago. `patients` is the jsonb array of their ids. */
export function isNotedAlready(action: string, patients: SQL): SQL {
  return sql`exists (
    select from audit n
    where n.actor_id = (select id from actor) and n.at > now() - make_interval(mins => ${SAME_LIST_MINUTES}::int)
      and n.action = ${action} and n.patient_id is null and n.after -> 'patientIds' = ${patients})`;
}
