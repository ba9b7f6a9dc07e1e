import type pg from "pg";
import { expect } from "vitest";
import { type Queue, openQueue } from "#adapters/qstash.ts";
import type { Database } from "#db/client.ts";
import { changeCalendar } from "#operations/change-calendar.ts";
import { type Impact, previewChange } from "#operations/preview-change.ts";
import { virtualClock } from "#dev/qstash/clock.ts";
import { startQstash } from "#dev/qstash/qstash.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { type Desk, type Person, actOf } from "./small-clinic.ts";
import type { Reply, TestStack } from "./stack.ts";

/** The emulator of QStash with a stopped clock: published messages wait, so that tests can read them. */
export async function openStillQueue(): Promise<{
  queue: Queue;
  published(): Promise<string[]>;
  close(): Promise<void>;
}> {
  const qstash = await startQstash({ port: 0, token: "test", clock: virtualClock(Date.now()) });
  const keys = qstash.keys();
  const queue = openQueue({
    url: qstash.url,
    token: "test",
    currentSigningKey: keys.current,
    nextSigningKey: keys.next,
    publicUrl: "http://127.0.0.1:9",
    flows: {},
  });
  return {
    queue,
    published: async () => qstash.waiting().map(({ url }) => url.split("/jobs/")[1] ?? url),
    close: () => qstash.close(),
  };
}

/** Adds quarter-hour slots from nine o'clock on, `perDay` of them, for each doctor on each date. */
export async function offer(
  admin: pg.Pool,
  doctors: readonly Person[],
  locationId: string,
  dates: readonly string[],
  perDay: number,
): Promise<void> {
  await admin.query(
    `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
     select d, $2::uuid, (x + time '09:00' + make_interval(mins => n * 15)) at time zone 'Europe/Dublin',
       (x + time '09:15' + make_interval(mins => n * 15)) at time zone 'Europe/Dublin', x, 'staff'
     from unnest($1::uuid[]) d, unnest($3::date[]) x, generate_series(0, $4::int - 1) n`,
    [doctors.map(({ id }) => id), locationId, dates, perDay],
  );
}

/** Books patients into the free slots of a date, one each, as they stand; answers the appointments in that order. */
export async function bookOn(admin: pg.Pool, patients: readonly Person[], date: string): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `with place as (
       select s.*, row_number() over (order by s.starts_at, s.id) as n from slots s
       where s.clinic_date = $2::date and s.status = 'open' and s.appointment_id is null),
     visit as (
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
       select t.id, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at
       from place s join unnest($1::uuid[]) with ordinality t (id, n) on t.n = s.n order by s.n returning id, slot_id),
     taken as (update slots s set appointment_id = v.id, version = s.version + 1 from visit v where s.id = v.slot_id)
     select id from visit order by id`,
    [patients.map(({ id }) => id), date],
  );
  if (rows.length !== patients.length) throw new Error(`${rows.length} of ${patients.length} found a slot`);
  return rows.map(({ id }) => id);
}

/** Previews a change and applies it; answers what was shown and the operation. */
export async function applyChange(
  db: Database,
  staff: Person,
  what: CalendarChange,
): Promise<{ impact: Impact; operationId: string }> {
  const seen = await previewChange(db, staff.caller, what);
  if (!seen || !("impact" in seen)) throw new Error(`no preview: ${JSON.stringify(seen)}`);
  const agreed = { previewToken: seen.impact.token, versions: null };
  const outcome = await changeCalendar(db, actOf(staff), what, agreed);
  const operationId = outcome.kind === "done" ? outcome.result.operationId : null;
  if (operationId === null) throw new Error(`not applied: ${JSON.stringify(outcome)}`);
  return { impact: seen.impact, operationId };
}

/**
 * Counts of broken invariants of finished operations. Each item has one end, and its appointment agrees. Cases are open
 * exactly for the appointments that staff must place. Each move has one audit row, and each patient a notice.
 */
export async function faultsOf({ admin }: Desk, operationId: string): Promise<Record<string, number>> {
  const { rows } = await admin.query<Record<string, number>>(
    `with i as (
       select i.*, a.status, a.slot_id, a.version, a.patient_id as whose, s.appointment_id as sits
       from operation_items i join appointments a on a.id = i.appointment_id left join slots s on s.id = a.slot_id
       where i.operation_id = $1::uuid),
     moves as (select i.* from i where i.state = 'moved' and i.explanation ? 'cost')
     select
       (select count(*)::int from i where state not in ('moved', 'to-place', 'cancelled')) as undecided,
       (select count(*)::int from operations where id = $1::uuid and (phase <> 'done' or lease_id is not null)) as unfinished,
       (select count(*)::int from i where state = 'to-place' and left_version = version
          and (status <> 'to-place' or explanation is null or slot_id is not null)) as "wronglyLeft",
       (select count(*)::int from moves where left_version = version
          and (status <> 'moved' or slot_id <> to_slot_id or sits is distinct from appointment_id)) as "wronglyMoved",
       (select count(*)::int from slots s left join appointments a on a.id = s.appointment_id
          where s.appointment_id is not null and a.slot_id is distinct from s.id) as "orphanedSlots",
       (select count(*)::int from appointments a left join slots s on s.id = a.slot_id
          where a.slot_id is not null and s.appointment_id is distinct from a.id) as "orphanedAppointments",
       (select count(*)::int from appointments a where (a.status = 'to-place') <> exists (
          select from cases k where k.appointment_id = a.id and k.status = 'open')) as "wrongCases",
       (select count(*)::int from i where state = 'to-place' and status = 'to-place' and not exists (
          select from cases k where k.appointment_id = i.appointment_id and k.why is not null)) as "casesWithoutWhy",
       (select count(*)::int from i where (select count(*) from audit u where u.entity_id = i.appointment_id
          and u.action = 'appointment.reassign' and u.after ->> 'operationId' = $1::text)
          <> (case when i.state = 'moved' and i.explanation ? 'cost' then 1 else 0 end)) as "wrongAudit",
       (select count(*)::int from i left join outbox o on o.appointment_id = i.appointment_id and o.patient_id = i.whose
          where o.due_at is null and o.last_notified is null) as untold,
       (select count(*)::int from slots x join slots y on x.doctor_id = y.doctor_id and x.id < y.id
          and x.appointment_id is not null and y.appointment_id is not null
          and x.starts_at < y.ends_at and y.starts_at < x.ends_at) as "doubleBookings",
       (select count(*)::int from moves m join appointments a on a.id = m.appointment_id, policy p, operations o
          where o.id = $1::uuid and m.left_version = m.version and (
            m.to_starts_at <= o.created_at + make_interval(hours => p.freeze_hours)
            or m.from_starts_at <= o.created_at + make_interval(hours => p.freeze_hours)
            or abs((m.to_starts_at at time zone 'Europe/Dublin')::date - (m.from_starts_at at time zone 'Europe/Dublin')::date)
               > p.reassign_days)) as "brokenLimits"`,
    [operationId],
  );
  return Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0));
}

/** How many items of an operation came to which end. */
export async function endsOf({ admin }: Desk, operationId: string): Promise<Record<string, number>> {
  const { rows } = await admin.query<{ state: string; n: number }>(
    "select state, count(*)::int as n from operation_items where operation_id = $1 group by state",
    [operationId],
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** Waits until the operation that an answer links to is done; answers its id. */
export async function whenReassigned(stack: TestStack, reply: Reply): Promise<string> {
  const link = reply.headers.get("Link") ?? "";
  const id = /^<\/api\/v1\/operations\/([0-9a-f-]{36})>; rel="monitor"$/.exec(link)?.[1];
  if (!id) throw new Error(`no operation: ${reply.status} ${link}`);
  const phase = () => stack.sql<{ phase: string }>("select phase from operations where id = $1", [id]);
  await expect.poll(phase).toEqual([{ phase: "done" }]);
  return id;
}
