import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Person } from "#test/support/small-clinic.ts";
import type { Reply } from "./wire.ts";

/** The final answer to a client of one request, after all its attempts. */
export interface Entry {
  /** Its idempotency key, the same on every attempt. */
  key: string;
  name: string;
  person: Person;
  said: "done" | "refused" | "unknown";
  /** Refused for the way in which it was asked (400, 412, 428), not for what was asked. */
  illPut: boolean;
  reply: Reply | null;
  /** The things that the answer says were changed. */
  changed: string[];
}

/** All of these must be zero or empty. */
export interface Findings {
  /** Two live appointments of one doctor at the same time, or two in one slot. */
  doubleBookings: number;
  overlappingSlots: number;
  /** A patient in two places although staff did not allow it. */
  patientOverlaps: number;
  /** Slot and appointment do not name each other, or not the same time. */
  halves: number;
  /** In a closed slot without an override. */
  inClosedSlots: number;
  /** `to-place` without a placement case, or with a case in another state. */
  orphans: number;
  /** Answered as done and not in the audit trail exactly once, or refused and yet there. */
  lostOrPhantom: string[];
  /** Requests of which the client never learnt what became of them. */
  unknown: number;
  /** Appointments whose row, audit trail and outbox do not say the same. */
  disagreements: string[];
  deadlocks: number;
  /** Changes of the clinic calendar whose reassignment has not ended. */
  unfinished: number;
  /** Connections of the Worker's role that are still at work, or in a transaction, after all clients have gone. */
  leaked: number;
}

interface AuditRow {
  action: string;
  entity: string;
  entityId: string;
  requestId: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Changes that the patient is notified of. */
const TOLD = ["confirm", "reschedule", "cancel", "displace", "reassign", "place"].map((verb) => `appointment.${verb}`);
/** Changes that follow from a change of the calendar, without a request of their own. */
const FOLLOWS = ["appointment.displace", "appointment.reassign"];
const OF_CALENDAR = ["slot.change", "exception.add", "exception.remove", "holiday.add", "holiday.remove"];
const OF_HOLDS = ["hold", "hold.extend", "hold.release"];

/** The kept answer of a key: what was done, or why nothing was. */
interface Answer {
  result: unknown;
  refusal: unknown;
}

/** The rows of the database, read after all clients have gone. */
export interface Evidence {
  audit: AuditRow[];
  /** The kept answers, by their keys. */
  answers: ReadonlyMap<string, Answer>;
  appointments: { id: string; version: number; slotId: string | null; status: string; told: number }[];
  counted: Pick<
    Findings,
    | "doubleBookings"
    | "overlappingSlots"
    | "patientOverlaps"
    | "halves"
    | "inClosedSlots"
    | "orphans"
    | "deadlocks"
    | "unfinished"
    | "leaked"
  >;
}

export async function gather(admin: pg.Pool): Promise<Evidence> {
  const leaked = await atRest(admin);
  const count = async (text: string): Promise<number> =>
    Number((await admin.query<{ n: string }>(`select count(*) as n from ${text}`)).rows[0]?.n);
  const range = (t: string): string => `tstzrange(${t}.starts_at, ${t}.ends_at)`;
  const { rows: audit } = await admin.query<AuditRow>(
    `select action, entity, entity_id::text as "entityId", request_id as "requestId", before, after from audit
     where action = any($1) or (action like 'appointment.%' and action <> 'appointment.read') order by at, id`,
    [[...OF_CALENDAR, ...OF_HOLDS]],
  );
  const { rows: kept } = await admin.query<Answer & { key: string }>(
    "select key, result, refusal from idempotency_keys",
  );
  const { rows: appointments } = await admin.query<Evidence["appointments"][number]>(
    `select a.id, a.version, a.slot_id as "slotId", a.status, coalesce(o.version, 0) as told
     from appointments a left join outbox o on o.appointment_id = a.id and o.patient_id = a.patient_id`,
  );
  await admin.query("select pg_stat_force_next_flush()");
  const counted = {
    doubleBookings: await count(`appointments a join appointments b on a.id < b.id and a.slot_id is not null
      and b.slot_id is not null and (a.slot_id = b.slot_id or (a.doctor_id = b.doctor_id and ${range("a")} && ${range("b")}))`),
    overlappingSlots: await count(`slots a join slots b on a.id < b.id and a.doctor_id = b.doctor_id
      and (a.status = 'open' or a.appointment_id is not null) and (b.status = 'open' or b.appointment_id is not null)
      and ${range("a")} && ${range("b")}`),
    patientOverlaps: await count(`appointments a join appointments b on a.id < b.id and a.patient_id = b.patient_id
      and a.slot_id is not null and b.slot_id is not null and not a.overlap_allowed and not b.overlap_allowed
      and ${range("a")} && ${range("b")}`),
    halves: await count(`slots s full join appointments a on a.slot_id = s.id
      where (s.appointment_id is distinct from a.id and (s.appointment_id is not null or a.slot_id is not null))
        or (s.appointment_id = a.id and (s.starts_at, s.ends_at, s.doctor_id) <> (a.starts_at, a.ends_at, a.doctor_id))`),
    inClosedSlots: await count(`appointments a join slots s on s.id = a.slot_id and s.status = 'closed'
      where a.status in ('booked', 'moved') and (
        select u.reason from audit u
        where u.entity_id = a.id and u.after ->> 'slotId' = s.id::text
          and u.action in ('appointment.confirm', 'appointment.reschedule', 'appointment.reassign', 'appointment.place')
        order by u.at desc, u.id desc limit 1) is null`),
    orphans:
      await count(`appointments a full join (select * from cases where status = 'open') c on c.appointment_id = a.id
      where (a.status = 'to-place') is distinct from (c.id is not null)`),
    unfinished: await count("operations where phase <> 'done'"),
    deadlocks: Number(
      (await admin.query("select deadlocks from pg_stat_database where datname = current_database()")).rows[0]
        .deadlocks,
    ),
    leaked,
  };
  return { audit, answers: new Map(kept.map(({ key, ...answer }) => [key, answer])), appointments, counted };
}

/** Holds the clients' log against the rows, the audit trail, the kept answers and the outbox. */
export function judge({ audit, answers, appointments, counted }: Evidence, log: readonly Entry[]): Findings {
  return {
    ...counted,
    lostOrPhantom: [...keyless(log, answers), ...ofAppointments(audit, log), ...ofOthers(audit, log, answers)],
    unknown: log.filter(({ said }) => said === "unknown").length,
    disagreements: disagreements(appointments, audit),
  };
}

/** Each answer is the one kept under its key. */
function keyless(log: readonly Entry[], answers: ReadonlyMap<string, Answer>): string[] {
  const wrong: string[] = [];
  const asked = new Set<string>();
  for (const { key, name, said, illPut } of log) {
    asked.add(key);
    if (said === "unknown") continue;
    const answer = answers.get(key);
    const kept = answer ? (answer.refusal === null ? "done" : "refused") : "nothing";
    // Letting go of what one no longer holds is answered as done, and kept as it was judged. What is put wrongly may be put
    // right under the same key.
    const fine = kept === said || (name === "hold.release" && kept === "refused") || (illPut && kept === "nothing");
    if (!fine) wrong.push(`${name} ${key} was answered ${said}, and ${kept} is kept`);
  }
  for (const key of answers.keys()) if (!asked.has(key)) wrong.push(`${key} has an answer, and nobody asked`);
  return wrong;
}

/** Every version of an appointment was answered to one client exactly as it was written, or follows from another change. */
function ofAppointments(audit: readonly AuditRow[], log: readonly Entry[]): string[] {
  const wrong: string[] = [];
  const written = new Map<string, AuditRow>();
  const causes = new Set(audit.filter(({ action }) => OF_CALENDAR.includes(action)).map(({ requestId }) => requestId));
  for (const row of audit) {
    if (row.entity !== "appointment") continue;
    const name = `${row.entityId} version ${String(row.after?.["version"])}`;
    if (written.has(name)) wrong.push(`${name} was written twice`);
    written.set(name, row);
  }
  for (const { name, said, reply, changed } of log) {
    if (said !== "done" || !name.startsWith("appointment.") || !reply) continue;
    const version = `${changed[0]} version ${reply.version}`;
    const row = written.get(version);
    written.delete(version);
    const same =
      row?.action === name &&
      row.after?.["status"] === reply.body.status &&
      row.after?.["slotId"] === reply.body.slotId;
    if (!same) wrong.push(`${version}: ${name} was answered, ${row?.action ?? "nothing"} written`);
  }
  for (const [version, { action, requestId }] of written) {
    if (FOLLOWS.includes(action) && causes.has(requestId)) continue;
    wrong.push(`${version}: ${action} is in the audit trail, and nobody asked for it`);
  }
  return wrong;
}

/** Holds and changes of the calendar, counted for each thing that they changed. */
function ofOthers(audit: readonly AuditRow[], log: readonly Entry[], answers: ReadonlyMap<string, Answer>): string[] {
  const counts = new Map<string, { said: number; written: number }>();
  const of = (name: string): { said: number; written: number } => {
    const known = counts.get(name) ?? { said: 0, written: 0 };
    counts.set(name, known);
    return known;
  };
  for (const row of audit) {
    if (row.entity === "appointment") continue;
    const holdId = row.action === "hold.release" ? row.before?.["holdId"] : row.after?.["holdId"];
    of(`${row.action} ${String(OF_HOLDS.includes(row.action) ? holdId : row.entityId)}`).written += 1;
  }
  for (const { key, name, said, changed } of log) {
    if (said !== "done" || name.startsWith("appointment.")) continue;
    // Closing what is closed changes nothing.
    if (isNothing(answers.get(key)?.result)) continue;
    for (const id of changed) of(`${name} ${id}`).said += 1;
  }
  return [...counts].flatMap(([name, { said, written }]) => {
    // Asking again for a slot one holds is answered with that hold, and letting go twice is done twice.
    const atMostOnce = name.startsWith("hold ") || name.startsWith("hold.release ");
    const fine = atMostOnce
      ? written <= 1 && said >= written && !(name.startsWith("hold ") && written === 0)
      : said === written;
    return fine ? [] : [`${name} was answered ${said} times and written ${written} times`];
  });
}

/** The kept answer of a change of the calendar that was so already. */
export function isNothing(answer: unknown): boolean {
  const { results } = (answer ?? {}) as { results?: unknown[] };
  return results?.length === 0;
}

/** The audit trail of each appointment has no gap and ends in the row's state. The same holds for its outbox row. */
function disagreements(rows: Evidence["appointments"], audit: readonly AuditRow[]): string[] {
  const histories = Map.groupBy(
    audit.filter(({ entity }) => entity === "appointment"),
    ({ entityId }) => entityId,
  );
  const wrong: string[] = [];
  for (const { id, told, ...row } of rows) {
    const history = (histories.get(id) ?? []).toSorted(
      (a, b) => Number(a.after?.["version"]) - Number(b.after?.["version"]),
    );
    histories.delete(id);
    const { version, slotId, status } = history.at(-1)?.after ?? {};
    const whole = history.every(({ after }, n) => after?.["version"] === n + 1);
    const notices = history.filter(({ action }) => TOLD.includes(action)).length;
    if (!whole || version !== row.version || slotId !== row.slotId || status !== row.status || notices !== told) {
      const actions = history.map(({ action }) => action).join(" ");
      wrong.push(`${id}: ${actions}; is ${JSON.stringify(row)}, told ${told} times`);
    }
  }
  for (const id of histories.keys()) wrong.push(`${id} is in the audit trail and not there`);
  return wrong;
}

/** Running statements may end; a transaction that is idle counts. */
async function atRest(admin: pg.Pool): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await admin.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and usename = 'holdfast_app' and state <> 'idle'`,
    );
    const busy = rows[0]?.n ?? 0;
    if (busy === 0 || attempt === 30) return busy;
    await sleep(100);
  }
}
