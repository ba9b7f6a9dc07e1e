import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { ms } from "../fragments.ts";

/** The right to work on an operation until it is given back, or has run out and somebody else took it. */
export interface Lease {
  operationId: string;
  leaseId: string;
  /** How often it has been taken. */
  attempt: number;
}

/**
 * Longer than the longest step between two statements, which is solving; every statement renews it. After that others may
 * take the operation; a run that was only slow goes on as long as nobody has.
 */
const LEASE_SECONDS = 30;

/** When a lease ends that is renewed now. */
export const renewed = sql`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`;

/** Operation `o` is under this lease: nobody has taken it since. */
export const isMine = ({ operationId, leaseId }: Lease) =>
  sql`o.id = ${operationId}::uuid and o.lease_id = ${leaseId}::uuid`;

/** Takes the named operation, or the unfinished one that has been tried least. Null: none, or somebody is at it. */
export async function leaseOperation(db: Database, operationId: string | null): Promise<Lease | null> {
  const [row] = await db.rows<Lease>(sql`
    with mine as (
      select o.id from operations o
      where o.phase <> 'done' and (${operationId}::uuid is null or o.id = ${operationId}::uuid)
        and (o.lease_until is null or o.lease_until <= clock_timestamp())
      order by o.attempts, o.created_at limit 1 for update skip locked)
    update operations o set lease_id = uuidv7(), lease_until = ${renewed}, attempts = o.attempts + 1
    from mine where o.id = mine.id
    returning o.id as "operationId", o.lease_id as "leaseId", o.attempts as attempt`);
  return row ?? null;
}

/** Gives an operation back, to be gone on with at once. */
export async function releaseOperation(db: Database, lease: Lease): Promise<void> {
  await db.rows(sql`update operations o set lease_id = null, lease_until = null where ${isMine(lease)}`);
}

/**
 * Ends an operation of which nobody waits any more. Answers when the last of its patients falls due to be told (epoch
 * milliseconds; null when nobody is); or nothing if the lease is lost or somebody waits after all.
 */
export async function finishOperation(db: Database, lease: Lease): Promise<{ dueAt: number | null } | undefined> {
  const [row] = await db.rows<{ dueAt: number | null }>(sql`
    with ended as (
      update operations o set phase = 'done', finished_at = clock_timestamp(), lease_id = null, lease_until = null,
        proof = coalesce(o.proof, '{"placed": 0, "cost": 0, "bound": 0}')
      where ${isMine(lease)} and not exists (
        select from operation_items i where i.operation_id = o.id and i.state = 'pending')
      returning o.id)
    select (select ${ms(sql`max(b.due_at)`)}::float8 from operation_items i
      join outbox b on b.appointment_id = i.appointment_id and b.patient_id = i.patient_id
      where i.operation_id = e.id) as "dueAt"
    from ended e`);
  return row;
}
