import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { claimCase, contactLater } from "#db/verbs/placement.ts";
import { extendHold } from "#db/verbs/holds.ts";
import { hold } from "#db/verbs/holds.ts";
import type { Outcome } from "#db/call.ts";
import { runOnce as sweep } from "#jobs/sweep.ts";
import { book, holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const HOUR = 60;
const DAY = 24 * HOUR;

let patient: Person;
let ahead = 5;
beforeEach(async () => {
  [patient] = (await hire(admin, "patient", 1)) as [Person];
  await setPolicy(admin, {
    freeze_hours: 24,
    hold_seconds: 300,
    hold_extensions: 10,
    holds_per_patient: 1,
    hold_minutes_per_day: 14_400,
    change_budget: 100,
    patient_change_budget: 1000,
    change_window_days: 30,
    min_notice_minutes: 60,
    quiet_seconds: 60,
    max_delay_seconds: 600,
    notify_at_once_minutes: 60,
    horizon_days: 90,
    claim_minutes: 15,
  });
});

/** Free quarter hours, an hour apart, on days of the test's own. */
async function freeSlots(count: number): Promise<string[]> {
  const first = ahead * DAY;
  ahead += Math.ceil(count / 20) + 1;
  return addSlots(
    admin,
    doctor,
    location,
    Array.from({ length: count }, (_, n) => first + n * HOUR),
  );
}

const why = (outcome: Outcome<unknown, { code: string }>): string =>
  outcome.kind === "refused" ? (outcome.why?.code ?? "refused") : outcome.kind;

async function liveHolds(): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>(
    "select id from slots where held_by = $1 and hold_expires_at > clock_timestamp() order by starts_at",
    [patient.id],
  );
  return rows.map(({ id }) => id);
}

/** Moves an appointment into a slot, as its patient; answers `done` or the refusal. */
async function move(appointmentId: string, slotId: string) {
  const { rows } = await admin.query("select version from appointments where id = $1", [appointmentId]);
  const holdId = await holdSlot(db, patient, slotId);
  const input = { appointmentId, versions: [rows[0].version], holdId, patientId: null, override: null };
  return reschedule(db, actOf(patient), input);
}

describe("holds", () => {
  test.each([1, 2, 3, 5])(
    "holdsPerPatient %i: Up to that number all holds stay, one more releases the oldest",
    async (most) => {
      await setPolicy(admin, { holds_per_patient: most });
      const slots = await freeSlots(most + 2);
      for (const [n, slotId] of slots.entries()) {
        await holdSlot(db, patient, slotId);
        expect(await liveHolds()).toEqual(slots.slice(Math.max(0, n + 1 - most), n + 1));
      }
    },
  );

  test.each([0, 1, 3])("holdExtensions %i: Each is granted and counted down, one more is refused", async (most) => {
    await setPolicy(admin, { hold_extensions: most });
    const [slotId] = (await freeSlots(1)) as [string];
    const held = await hold(db, actOf(patient), null, { slotId });
    if (held.kind !== "done") throw new Error(held.kind);
    expect(held.result.extensionsLeft).toBe(most);
    for (let left = most - 1; left >= 0; left--) {
      expect(await extendHold(db, actOf(patient), held.result.id)).toMatchObject({
        kind: "done",
        result: { extensionsLeft: left },
      });
    }
    expect((await extendHold(db, actOf(patient), held.result.id)).kind).toBe("refused");
    expect(await liveHolds()).toEqual([slotId]);
  });

  test("holdSeconds: A hold and its extension each last exactly that long from that moment", async () => {
    await setPolicy(admin, { hold_seconds: 77 });
    const [slotId] = (await freeSlots(1)) as [string];
    const held = await hold(db, actOf(patient), null, { slotId });
    if (held.kind !== "done") throw new Error(held.kind);
    expect(held.result.expiresInMs).toBe(77_000);
    await admin.query("update slots set hold_expires_at = now() + interval '5 seconds' where id = $1", [slotId]);
    const extended = await extendHold(db, actOf(patient), held.result.id);
    expect(extended).toMatchObject({ kind: "done", result: { expiresInMs: 77_000 } });
  });

  test.each([2, 3])("holdMinutesPerDay for %i holds: That number is granted, one more is hold-limit", async (most) => {
    await setPolicy(admin, { hold_minutes_per_day: most * 5, hold_seconds: 300 });
    const slots = await freeSlots(most + 1);
    const said: string[] = [];
    for (const slotId of slots) said.push(why(await hold(db, actOf(patient), null, { slotId })));
    expect(said).toEqual([...Array.from({ length: most }, () => "done"), "hold-limit"]);
  });

  test("minNoticeMinutes: A start one minute within it is refused to patients and given to staff. One minute beyond is free to both", async () => {
    await setPolicy(admin, { min_notice_minutes: 90 });
    const [other] = (await hire(admin, "doctor", 1)) as [Person];
    const [within, beyond] = (await addSlots(admin, other, location, [89, 91 + 15])) as [string, string];
    expect((await hold(db, actOf(patient), null, { slotId: within })).kind).toBe("refused");
    expect((await hold(db, actOf(patient), null, { slotId: beyond })).kind).toBe("done");
    expect((await hold(db, actOf(staff), patient.id, { slotId: within })).kind).toBe("done");
  });
});

describe("changes", () => {
  test.each([0, 1, 2])(
    "changeBudget %i: That number of moves of one appointment is done, one more is refused",
    async (most) => {
      await setPolicy(admin, { change_budget: most });
      const slots = await freeSlots(most + 2);
      const id = await book(db, patient, slots[0]!);
      for (const slotId of slots.slice(1, most + 1)) expect(why(await move(id, slotId))).toBe("done");
      expect(await move(id, slots.at(-1)!)).toMatchObject({
        kind: "refused",
        why: { code: "change-budget-spent", per: "appointment" },
      });
    },
  );

  test.each([1, 2, 3])(
    "patientChangeBudget %i: That number of changes of all appointments is done, one more is refused",
    async (most) => {
      await setPolicy(admin, { patient_change_budget: most });
      const slots = await freeSlots(most + 3);
      const [first, second] = [await book(db, patient, slots[0]!), await book(db, patient, slots[1]!)];
      for (const [n, slotId] of slots.slice(2, most + 2).entries()) {
        expect(why(await move(n % 2 === 0 ? first : second, slotId))).toBe("done");
      }
      expect(await move(first, slots.at(-1)!)).toMatchObject({
        kind: "refused",
        why: { code: "change-budget-spent", per: "patient" },
      });
    },
  );

  test("patientChangeBudget: A patient's own cancellation counts as a change, and is itself never refused for it", async () => {
    await setPolicy(admin, { patient_change_budget: 1 });
    const slots = await freeSlots(4);
    const ids = [];
    for (const slotId of slots.slice(0, 3)) ids.push(await book(db, patient, slotId));
    const reason = { by: "patient", code: "other", note: null } as const;
    for (const appointmentId of ids.slice(0, 2)) {
      const input = { appointmentId, versions: [1], reason, patientId: null, override: null };
      expect((await cancel(db, actOf(patient), input)).kind).toBe("done");
    }
    expect(why(await move(ids[2]!, slots[3]!))).toBe("change-budget-spent");
  });

  test("changeWindowDays: A change a minute within the window counts, one a minute beyond does not", async () => {
    await setPolicy(admin, { patient_change_budget: 1, change_window_days: 10 });
    const slots = await freeSlots(2);
    const id = await book(db, patient, slots[0]!);
    const changedBefore = (age: string) =>
      admin.query("update patients set change_times = array[now() - $2::interval] where id = $1", [patient.id, age]);
    await changedBefore("9 days 23 hours 59 minutes");
    expect(why(await move(id, slots[1]!))).toBe("change-budget-spent");
    await changedBefore("10 days 1 minute");
    expect(why(await move(id, slots[1]!))).toBe("done");
  });

  test.each([0, 1, 24, 72])(
    "freezeHours %i: Half a minute within it a patient changes nothing, half a minute beyond it everything",
    async (hours) => {
      await setPolicy(admin, { freeze_hours: hours, min_notice_minutes: 0 });
      const edge = hours * HOUR;
      const reason = { by: "patient", code: "other", note: null } as const;
      const cancelAt = async (minutes: number) => {
        const [other] = (await hire(admin, "doctor", 1)) as [Person];
        const [slotId] = (await addSlots(admin, other, location, [minutes])) as [string];
        const appointmentId = await seat(admin, patient, slotId);
        const input = { appointmentId, versions: [1], reason, patientId: null, override: null };
        return why(await cancel(db, actOf(patient), input));
      };
      expect(await cancelAt(edge + 0.5)).toBe("done");
      expect(await cancelAt(edge - 0.5)).toBe("frozen");
    },
  );
});

describe("the placement queue", () => {
  const caseOf = async () => {
    const [slotId] = (await freeSlots(1)) as [string];
    return displace(admin, await book(db, patient, slotId));
  };

  test.each([1, 15, 60])("claimMinutes %i: A claim lasts that long by the database clock", async (minutes) => {
    await setPolicy(admin, { claim_minutes: minutes });
    const caseId = await caseOf();
    expect((await claimCase(db, actOf(staff), { caseId, versions: [1] })).kind).toBe("done");
    const { rows } = await admin.query<{ left: number }>(
      "select extract(epoch from claim_expires_at - updated_at)::float8 as left from cases where id = $1",
      [caseId],
    );
    expect(rows[0]!.left).toBe(minutes * 60);
  });

  test("claimMinutes: A claim excludes other staff until exactly its end", async () => {
    const [rival] = (await hire(admin, "staff", 1)) as [Person];
    const caseId = await caseOf();
    expect((await claimCase(db, actOf(staff), { caseId, versions: [1] })).kind).toBe("done");
    const endsIn = (seconds: number) =>
      admin.query("update cases set claim_expires_at = now() + make_interval(secs => $2) where id = $1", [
        caseId,
        seconds,
      ]);
    await endsIn(20);
    expect(why(await claimCase(db, actOf(rival), { caseId, versions: [2] }))).toBe("case-claimed");
    await endsIn(0);
    expect((await claimCase(db, actOf(rival), { caseId, versions: [2] })).kind).toBe("done");
  });

  test("horizonDays: A call can be postponed to a minute before the horizon, and not to a minute after it", async () => {
    await setPolicy(admin, { horizon_days: 10 });
    const caseId = await caseOf();
    const later = (minutes: number, version: number) =>
      contactLater(
        db,
        actOf(staff),
        { caseId, versions: [version] },
        { at: Date.now() + minutes * 60_000, note: null },
      );
    expect(why(await later(10 * DAY + 1, 1))).toBe("too-far-ahead");
    expect(why(await later(10 * DAY - 1, 1))).toBe("done");
    expect(why(await later(-1, 2))).toBe("not-in-future");
  });
});

describe("notifications", () => {
  const dueIn = async (appointmentId: string): Promise<number> => {
    const { rows } = await admin.query<{ seconds: number }>(
      "select round(extract(epoch from due_at - clock_timestamp()))::int as seconds from outbox where appointment_id = $1",
      [appointmentId],
    );
    return rows[0]!.seconds;
  };
  const bookIn = async (minutes: number): Promise<string> => {
    const [other] = (await hire(admin, "doctor", 1)) as [Person];
    const [slotId] = (await addSlots(admin, other, location, [minutes])) as [string];
    return book(db, patient, slotId);
  };

  test("notifyAtOnceMinutes: A start a minute within it is due at once, a start a minute beyond after the quiet window", async () => {
    await setPolicy(admin, { notify_at_once_minutes: 120, min_notice_minutes: 0, quiet_seconds: 300 });
    expect(await dueIn(await bookIn(119))).toBeLessThanOrEqual(0);
    expect(await dueIn(await bookIn(121 + 15))).toBeGreaterThan(290);
  });

  test("quietSeconds: Every change begins the quiet window again", async () => {
    await setPolicy(admin, { quiet_seconds: 200, max_delay_seconds: 3600 });
    const slots = await freeSlots(2);
    const id = await book(db, patient, slots[0]!);
    expect(Math.abs((await dueIn(id)) - 200)).toBeLessThan(5);
    await admin.query(
      "update outbox set due_at = due_at - interval '150 seconds', first_dirty_at = first_dirty_at - interval '150 seconds' where appointment_id = $1",
      [id],
    );
    await move(id, slots[1]!);
    expect(Math.abs((await dueIn(id)) - 200)).toBeLessThan(5);
  });

  test("maxDelaySeconds: It counts from the first change that was not notified, however many follow", async () => {
    await setPolicy(admin, { quiet_seconds: 300, max_delay_seconds: 600 });
    const slots = await freeSlots(5);
    const id = await book(db, patient, slots[0]!);
    const age = (seconds: number) =>
      admin.query(
        `update outbox set due_at = due_at - make_interval(secs => $2), first_dirty_at = first_dirty_at - make_interval(secs => $2)
         where appointment_id = $1`,
        [id, seconds],
      );
    await age(250);
    await move(id, slots[1]!);
    expect(Math.abs((await dueIn(id)) - 300), "the quiet window ends first").toBeLessThan(5);
    await age(250);
    await move(id, slots[2]!);
    expect(Math.abs((await dueIn(id)) - 100), "500 s after the first change").toBeLessThan(5);
    await age(90);
    await move(id, slots[3]!);
    expect(Math.abs((await dueIn(id)) - 10), "590 s after the first change").toBeLessThan(5);
    // Once notified, the next change is a first one again.
    await admin.query(
      "update outbox set due_at = null, first_dirty_at = null, last_notified = '{}', last_notified_at = now() where appointment_id = $1",
      [id],
    );
    await move(id, slots[4]!);
    expect(Math.abs((await dueIn(id)) - 300)).toBeLessThan(5);
  });
});

describe("kept data", () => {
  test("A preview is kept for seven days less a minute, and deleted a minute after them", async () => {
    await admin.query(
      `insert into previews (token, actor_id, shown, created_at)
       select n || ' minutes over', $1, '{}', now() - interval '7 days' - make_interval(mins => n) from unnest(array[-1, 1]) n`,
      [staff.personId],
    );
    await sweep({ db, log: () => {} });
    const { rows } = await admin.query("select token from previews where token like '% minutes over'");
    expect(rows).toEqual([{ token: "-1 minutes over" }]);
  });

  test("The slot of a hold is known by the hold's id for 7 days, to the minute", async () => {
    await admin.query(
      "insert into holds (id, slot_id) select uuidv7(make_interval(days => -7, mins => -m)), uuidv7() from unnest(array[-1, 1]) m",
    );
    await sweep({ db, log: () => {} });
    const { rows } = await admin.query(
      "select round(extract(epoch from now() - uuid_extract_timestamp(id)) / 60)::int - 7 * 1440 as over from holds where id < uuidv7(interval '-6 days')",
    );
    expect(rows).toEqual([{ over: -1 }]);
  });
});
