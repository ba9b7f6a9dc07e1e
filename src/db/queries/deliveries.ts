import { sql } from "drizzle-orm";
import type { Notice } from "#domain/settle.ts";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes, ms } from "../fragments.ts";
import { notedCte } from "../reads.ts";

/** One attempt to tell. Instants are epoch milliseconds, `zone` is the location's. */
export interface DeliveryRow {
  id: string;
  patientId: string;
  kind: Exclude<Notice["kind"], "nothing"> | "reminder";
  state: "sending" | "sent" | "failed" | "delivered" | "bounced" | "complained";
  why: string | null;
  startedAt: number;
  finishedAt: number | null;
  feedbackAt: number | null;
  zone: string;
}

/** So many are shown, the latest: more would only be a notice that always fails. */
const SHOWN = 100;

/**
 * What was sent about an appointment, the latest first. `known` false: no such caller; `item` null: no such
 * appointment. That it was read is noted.
 */
export async function listDeliveries(db: Database, caller: CallerRef, appointmentId: string, requestId: string) {
  const [row] = await db.rows<{ known: boolean; item: DeliveryRow[] | null }>(sql`${ctes([
    actorCte(caller),
    sql`found as materialized (
      select a.id, a.patient_id, l.time_zone from appointments a join locations l on l.id = a.location_id
      where a.id = ${appointmentId}::uuid and exists (select from actor))`,
    notedCte({
      action: "delivery.list",
      entity: "appointment",
      entries: sql`select f.id, f.patient_id, null::jsonb from found f`,
      requestId,
    }),
  ])} select exists (select from actor) as known, (
      select coalesce((
        select jsonb_agg(jsonb_build_object('id', d.id, 'patientId', d.patient_id, 'kind', d.kind, 'state', d.state,
          'why', d.why, 'startedAt', ${ms(sql`d.started_at`)}, 'finishedAt', ${ms(sql`d.finished_at`)},
          'feedbackAt', ${ms(sql`d.feedback_at`)}, 'zone', f.time_zone) order by d.started_at desc, d.id desc)
        from (
          select * from deliveries x where x.appointment_id = f.id
          order by x.started_at desc, x.id desc limit ${SHOWN}) d), '[]')
      from found f) as item`);
  return { known: row?.known ?? false, item: row?.item ?? null };
}
