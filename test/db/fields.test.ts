import { afterAll, describe, expect, test } from "vitest";
import { type FieldKey, openFields } from "#db/fields.ts";
import { findAppointment, listAppointments } from "#db/queries/appointments.ts";
import { listCases } from "#db/queries/cases.ts";
import { cancel, cancelCase } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { contactLater } from "#db/verbs/placement.ts";
import { countTexts, sealTexts } from "#dev/fields/seal.ts";
import { connected } from "#dev/migrate.ts";
import { holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace } from "#test/support/placement.ts";
import { type Person, TEST_KEYS, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
const DAY = 24 * 60;
const WORDS = { reason: "A rash, \u{1F33F} since May", cancelled: "Moving to Cork", later: "Never before noon" };
const NEXT_KEY: FieldKey = { version: 2, bytes: new Uint8Array(32).fill(9) };

/** Books a patient of its own, who says why; answers both. */
async function booked(reason: string | null, days: number) {
  const [patient] = (await hire(admin, "patient", 1)) as [Person];
  const [slot] = (await addSlots(admin, doctor, location, [days * DAY])) as [string];
  const holdId = await holdSlot(db, patient, slot);
  const outcome = await confirm(db, actOf(patient, `confirm ${holdId}`), { holdId, patientId: null, reason });
  if (outcome.kind !== "done") throw new Error(`not booked: ${outcome.kind}`);
  return { patient, appointment: outcome.result };
}

const versionsOf = async (table: "appointments" | "cases", id: string) =>
  (await admin.query<{ version: number }>(`select version from ${table} where id = $1`, [id])).rows.map(
    ({ version }) => version,
  );
const storedReason = async (id: string) =>
  (await admin.query<{ reason: string }>("select reason from appointments where id = $1", [id])).rows[0]!.reason;

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const { rows } = await admin.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
  );
  const tables = await Promise.all(rows.map(({ name }) => admin.query(`select t::text as row from ${name} t`)));
  return JSON.stringify(tables.map((table) => table.rows));
}

describe("what people say in their own words", () => {
  test("Reasons and notes come back to the people of the clinic, and the database has none of them in clear", async () => {
    const { patient, appointment } = await booked(WORDS.reason, 9);
    expect(appointment.reason).toBe(WORDS.reason);
    expect(await listAppointments(db, doctor.caller, { limit: 5 }, "test")).toMatchObject([{ reason: WORDS.reason }]);

    const subject = { appointmentId: appointment.id, versions: [1] };
    const reason = { by: "patient", code: "other", note: WORDS.cancelled } as const;
    const gone = await cancel(db, actOf(patient, "cancel"), { ...subject, reason, patientId: null, override: null });
    expect(gone).toMatchObject({ result: { reason: WORDS.reason, cancellation: { note: WORDS.cancelled } } });
    // A repeated request gets the kept answer.
    const again = await cancel(db, actOf(patient, "cancel"), { ...subject, reason, patientId: null, override: null });
    expect(again).toMatchObject({ replayed: true, result: { cancellation: { note: WORDS.cancelled } } });

    const waiting = await booked(null, 10);
    const caseId = await displace(admin, waiting.appointment.id);
    const at = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
    const later = await contactLater(db, actOf(staff, "later"), { caseId, versions: [1] }, { at, note: WORDS.later });
    expect(later).toMatchObject({ result: { contactNote: WORDS.later } });
    const { item } = await listCases(db, staff.caller, { status: "open", mine: false, limit: 5 }, "test");
    expect(item?.items).toMatchObject([{ id: caseId, contactNote: WORDS.later }]);
    const versions = await versionsOf("cases", caseId);
    const ended = await cancelCase(db, actOf(staff, "end"), { caseId, versions, reason: { ...reason, by: "clinic" } });
    expect(ended).toMatchObject({ result: { reason: null, cancellation: { note: WORDS.cancelled } } });

    const stored = await everything();
    for (const words of Object.values(WORDS)) expect(stored).not.toContain(words);
    expect(await storedReason(appointment.id)).toMatch(/^v1\.[\w-]+$/);
  });

  test("A note about a case that is not there changes nothing", async () => {
    const reason = { by: "clinic", code: "closed", note: WORDS.cancelled } as const;
    const unknown = { caseId: crypto.randomUUID(), versions: [1], reason };
    expect(await cancelCase(db, actOf(staff), unknown)).toEqual({ kind: "refused", why: { code: "not-found" } });
  });

  test("A sealed text that was moved to another row, or shortened, does not open there", async () => {
    const one = await booked("For one", 12);
    const other = await booked("For the other", 13);
    const sealed = await storedReason(one.appointment.id);
    for (const stored of [sealed, sealed.slice(0, -2), `v9${sealed.slice(2)}`]) {
      await admin.query("update appointments set reason = $2 where id = $1", [other.appointment.id, stored]);
      const { item } = await findAppointment(db, staff.caller, other.appointment.id, "test");
      expect(item?.reason).toBe(stored);
    }
    const note = await db.fields.seal("appointments.cancel_note", other.appointment.id, "A note");
    await admin.query("update appointments set reason = $2 where id = $1", [other.appointment.id, note]);
    expect((await findAppointment(db, staff.caller, other.appointment.id, "test")).item?.reason).toBe(note);
  });

  test("The hash of a request needs the key, is the same in each isolate, and stays when another key is added", async () => {
    const request = 'POST /appointments {"reason":"A cough"}';
    const hash = await db.fields.fingerprint(request);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await openFields(TEST_KEYS).fingerprint(request)).toBe(hash);
    expect(await openFields([NEXT_KEY, ...TEST_KEYS]).fingerprint(request)).toBe(hash);
    for (const other of [openFields([NEXT_KEY]).fingerprint(request), db.fields.fingerprint(`${request} `)]) {
      expect(await other).not.toBe(hash);
    }
  });

  test("Another key takes over row by row: texts in clear and of the older key are sealed again, and each stays readable", async () => {
    await admin.query("update appointments set reason = null, cancel_note = null");
    await admin.query("update cases set contact_note = null");
    const sealed = await booked("Under the first key", 14);
    const clear = await booked(null, 15);
    const lost = await booked(null, 16);
    await admin.query("update appointments set reason = 'In clear' where id = $1", [clear.appointment.id]);
    await admin.query("update appointments set reason = $2 where id = $1", [
      lost.appointment.id,
      await storedReason(sealed.appointment.id),
    ]);
    await connected(database.url, async (client) => {
      expect(await countTexts(client)).toEqual([
        { field: "appointments.reason", version: "clear", count: 1 },
        { field: "appointments.reason", version: "v1.", count: 2 },
      ]);
      const both = openFields([...TEST_KEYS, NEXT_KEY]);
      const unreadable = [{ field: "appointments.reason", id: lost.appointment.id }];
      // The patient's words change while a batch is on its way: the newer ones stay.
      const racing = {
        ...both,
        seal: async (...[field, id, text]: Parameters<typeof both.seal>) => {
          if (id === clear.appointment.id) {
            await admin.query("update appointments set reason = 'Newer words' where id = $1", [id]);
          }
          return both.seal(field, id, text);
        },
      };
      expect(await sealTexts(client, racing)).toEqual({ sealed: 1, unreadable });
      expect(await storedReason(clear.appointment.id)).toBe("Newer words");
      expect(await sealTexts(client, both)).toEqual({ sealed: 1, unreadable });
      expect(await sealTexts(client, both)).toEqual({ sealed: 0, unreadable });
      expect(await countTexts(client)).toEqual([
        { field: "appointments.reason", version: "v1.", count: 1 },
        { field: "appointments.reason", version: "v2.", count: 2 },
      ]);
    });
    expect(await versionsOf("appointments", sealed.appointment.id)).toEqual([1]);
    const without = openDesk(database, database.httpUrl, [NEXT_KEY]);
    const reasonBy = async (by: typeof desk, id: string) =>
      (await findAppointment(by.db, staff.caller, id, "test")).item?.reason;
    expect(await reasonBy(without, sealed.appointment.id)).toBe("Under the first key");
    expect(await reasonBy(without, clear.appointment.id)).toBe("Newer words");
    // The first key alone opens nothing of it any more.
    expect(await reasonBy(desk, sealed.appointment.id)).toMatch(/^v2\./);
    await without.close();
  });
});
