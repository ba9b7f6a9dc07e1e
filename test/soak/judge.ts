import type pg from "pg";
import { LOOKING } from "./operations.ts";
import type { Entry } from "./soak.ts";

/** All of these must be zero or empty. */
export interface Findings {
  /** Two live appointments of one doctor at the same time, or two in one slot. */
  doubleBookings: number;
  overlappingSlots: number;
  /** A patient in two places without anybody having allowed it. */
  patientOverlaps: number;
  /** Slot and appointment do not name each other, or not the same time. */
  halves: number;
  /** Answered as done and not in the audit trail exactly once, or refused and yet there. */
  lostOrPhantom: string[];
  /** Requests of which the client never learnt what became of them. */
  unknown: number;
  /** Appointments whose row, audit trail, outbox and clients' log do not say the same. */
  disagreements: string[];
  deadlocks: number;
}

/** Holds the clients' log against the rows, the audit trail and the outbox. */
export async function judge(admin: pg.Pool, log: readonly Entry[]): Promise<Findings> {
  const count = async (text: string): Promise<number> =>
    Number((await admin.query<{ n: string }>(`select count(*) as n from ${text}`)).rows[0]?.n);
  const range = (t: string): string => `tstzrange(${t}.starts_at, ${t}.ends_at)`;
  const { rows: audit } = await admin.query<{ request: string; action: string; entity: string; count: number }>(
    `select request_id as request, min(action) as action, min(entity_id::text) as entity, count(*)::int as count
     from audit where request_id <> $1 group by 1`,
    [LOOKING],
  );
  await admin.query("select pg_stat_force_next_flush()");
  return {
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
    lostOrPhantom: lostOrPhantom(audit, log),
    unknown: log.filter(({ said }) => said === "unknown").length,
    disagreements: await disagreements(admin, log),
    deadlocks: Number(
      (await admin.query("select deadlocks from pg_stat_database where datname = current_database()")).rows[0]
        .deadlocks,
    ),
  };
}

function lostOrPhantom(audit: { request: string; action: string; count: number }[], log: readonly Entry[]): string[] {
  const written = new Map(audit.map((row) => [row.request, row]));
  const wrong: string[] = [];
  for (const { requestId, name, said } of log) {
    const row = written.get(requestId);
    written.delete(requestId);
    // Asking again for a slot one holds is done and changes nothing: the one answer without an audit row.
    const fine =
      said === "done"
        ? (row?.count === 1 && row.action === name) || (row === undefined && name === "hold")
        : said === "refused"
          ? row === undefined
          : true;
    if (!fine) wrong.push(`${requestId} ${name} was answered ${said}, audited ${row?.count ?? 0} times`);
  }
  for (const row of written.values())
    wrong.push(`${row.request} ${row.action} is in the audit trail, and nobody asked for it`);
  return wrong;
}

/** For each appointment: the last version a client was told of is the row's, and so are its slot and its outbox row. */
async function disagreements(admin: pg.Pool, log: readonly Entry[]): Promise<string[]> {
  const told = new Map<string, { version: number; slotId: string | null; changes: number; notices: number }>();
  for (const { name, said, answer } of log) {
    if (said !== "done" || !name.startsWith("appointment.") || !answer?.id) continue;
    const { version = 0, slotId = null } = answer;
    const known = told.get(answer.id) ?? { version: 0, slotId: null, changes: 0, notices: 0 };
    if (version > known.version) Object.assign(known, { version, slotId });
    known.changes += 1;
    if (["appointment.confirm", "appointment.reschedule", "appointment.cancel"].includes(name)) known.notices += 1;
    told.set(answer.id, known);
  }
  const { rows } = await admin.query<{
    id: string;
    version: number;
    slotId: string | null;
    changes: number;
    notices: number;
  }>(
    `select a.id, a.version, a.slot_id as "slotId",
       (select count(*)::int from audit u where u.entity_id = a.id) as changes, coalesce(o.version, 0) as notices
     from appointments a left join outbox o on o.appointment_id = a.id and o.patient_id = a.patient_id`,
  );
  const wrong: string[] = [];
  for (const { id, ...row } of rows) {
    const known = told.get(id);
    told.delete(id);
    const same =
      known !== undefined &&
      known.version === row.version &&
      known.slotId === row.slotId &&
      known.changes === row.changes &&
      known.notices === row.notices &&
      row.changes === row.version;
    if (!same) wrong.push(`${id}: told ${JSON.stringify(known)}, is ${JSON.stringify(row)}`);
  }
  for (const id of told.keys()) wrong.push(`${id} was confirmed to a client and is not there`);
  return wrong;
}
