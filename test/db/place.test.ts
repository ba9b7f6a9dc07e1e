import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { hold } from "#db/verbs/holds.ts";
import { type PlaceInput, place } from "#db/verbs/placement.ts";
import { placeCases } from "#operations/place-cases.ts";
import type { Outcome } from "#db/call.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { applyChange } from "#test/support/reassigning.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const database = await createTestDatabase({ template: "migrated" });
const desk = openDesk(database);
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [sam, kim] = (await hire(admin, "staff", 2)) as [Person, Person];
const HOUR = 60;
const DAY = 24 * HOUR;

let doctor: Person;
let patient: Person;
let lost: string;
let appointmentId: string;
let caseId: string;
/** Free slots three, four and five days from now. */
let free: [string, string, string];

const slot = async (minutes: number, of = doctor): Promise<string> =>
  (await addSlots(admin, of, location, [minutes]))[0]!;
const input = (more: Partial<PlaceInput> = {}): PlaceInput => ({
  slotId: free[0],
  agreed: false,
  override: null,
  ...more,
});
const ofCase = (...versions: number[]) => ({ caseId, versions: versions.length > 0 ? versions : [1] });
const because = (outcome: Outcome<unknown, { code: string }>) =>
  outcome.kind === "refused" ? outcome.why : outcome.kind;
const row = async (id = appointmentId) =>
  (
    await admin.query(
      `select a.status, a.slot_id, a.version, a.moved_from, a.moved_at is not null as moved, a.overlap_allowed, a.changes_used,
         s.appointment_id = a.id as seated, s.offered_until
       from appointments a left join slots s on s.id = a.slot_id where a.id = $1`,
      [id],
    )
  ).rows[0];
const count = async (query: string, ...values: unknown[]): Promise<number> =>
  Number((await admin.query<{ n: string }>(`select count(*) as n from ${query}`, values)).rows[0]!.n);

beforeEach(async () => {
  [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  [patient] = (await hire(admin, "patient", 1)) as [Person];
  [lost, ...free] = (await addSlots(admin, doctor, location, [2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY])) as [
    string,
    string,
    string,
    string,
  ];
  appointmentId = await seat(admin, patient, lost);
  caseId = await displace(admin, appointmentId);
});

describe("placing an appointment", () => {
  test("Placing takes the free slot, keeps the old time, ends the case, and is audited and notified, all at once", async () => {
    await admin.query("update slots set offered_until = now() + interval '1 hour' where id = $1", [free[0]]);
    const { rows: before } = await admin.query<{ at: Date; until: Date }>(
      "select starts_at as at, ends_at as until from appointments where id = $1",
      [appointmentId],
    );
    const outcome = await place(db, actOf(sam), ofCase(), input());
    expect(outcome).toMatchObject({
      kind: "done",
      result: { status: "moved", slotId: free[0], patientId: patient.id },
    });
    expect(outcome.kind === "done" && outcome.dueAt).toBeGreaterThan(Date.now());
    expect(await row()).toEqual({
      status: "moved",
      slot_id: free[0],
      version: 3,
      moved: true,
      moved_from: {
        doctorId: doctor.id,
        locationId: location,
        startsAt: before[0]!.at.getTime(),
        endsAt: before[0]!.until.getTime(),
      },
      overlap_allowed: false,
      changes_used: 0,
      seated: true,
      offered_until: null,
    });
    const { rows: cases } = await admin.query(
      "select status, version, changed_by as by, closed_at is not null as closed from cases where id = $1",
      [caseId],
    );
    expect(cases).toEqual([{ status: "placed", version: 2, by: sam.personId, closed: true }]);
    const { rows: audit } = await admin.query(
      "select actor_id as actor, patient_id as subject, before ->> 'status' as was, after ->> 'status' as is from audit where action = 'appointment.place' and entity_id = $1",
      [appointmentId],
    );
    expect(audit).toEqual([{ actor: sam.personId, subject: patient.id, was: "to-place", is: "moved" }]);
    expect(await count("outbox where appointment_id = $1 and due_at is not null", appointmentId)).toBe(1);
  });

  test("A placement to which the patient has agreed is booked, and has no answer to wait for", async () => {
    expect(await place(db, actOf(sam), ofCase(), input({ agreed: true }))).toMatchObject({ kind: "done" });
    expect(await row()).toMatchObject({ status: "booked", moved: false, moved_from: null });
  });

  test("A placed appointment that was moved before still has the time to which its patient agreed", async () => {
    await place(db, actOf(sam), ofCase(), input());
    const first = (await row()).moved_from;
    const again = await place(db, actOf(sam), { appointmentId, versions: [3] }, input({ slotId: free[1] }));
    expect(again.kind).toBe("done");
    expect(await row()).toMatchObject({ status: "moved", slot_id: free[1], moved_from: first });
    expect(await count("slots where id = $1 and appointment_id is null", free[0])).toBe(1);
  });

  test.each<[string, (slotId: string) => Promise<unknown>]>([
    ["by itself", (slotId) => place(db, actOf(sam), { appointmentId, versions: [4] }, input({ slotId }))],
    [
      "with many",
      async () => {
        const { rows } = await admin.query("select id from cases where appointment_id = $1 and status = 'open'", [
          appointmentId,
        ]);
        return placeCases(db, actOf(sam), [rows[0].id]);
      },
    ],
  ])(
    "An appointment that lost the slot of an unanswered move still has the time that its patient agreed to: placed %s",
    async (_, again) => {
      await place(db, actOf(sam), ofCase(), input());
      const first = (await row()).moved_from;
      await applyChange(db, sam, { kind: "slot-change", slotId: free[0], status: "closed" });
      expect(await row()).toMatchObject({ status: "to-place", moved_from: null });
      await again(free[1]);
      expect(await row()).toMatchObject({ status: "moved", seated: true, moved_from: first });
    },
  );

  test("Placing frees the old slot. Within the freeze it needs a reason", async () => {
    const soon = await slot(5 * HOUR);
    const id = await seat(admin, (await hire(admin, "patient", 1))[0]!, soon);
    const subject = { appointmentId: id, versions: [1] };
    expect(because(await place(db, actOf(sam), subject, input()))).toMatchObject({
      code: "frozen",
      what: "appointment",
    });
    const forced = await place(db, actOf(sam), subject, input({ override: { reason: "they called" } }));
    expect(forced.kind).toBe("done");
    const { rows } = await admin.query(
      "select appointment_id as taken, late_opening as late from slots where id = $1",
      [soon],
    );
    expect(rows).toEqual([{ taken: null, late: true }]);
    expect(await count("audit where entity_id = $1 and reason = 'they called'", id)).toBe(1);
  });

  test("version-conflict, wrong-state: Placing needs the version of the case, or of the appointment if it has no case", async () => {
    expect(because(await place(db, actOf(sam), ofCase(7), input()))).toMatchObject({ code: "version-conflict" });
    await place(db, actOf(kim), ofCase(), input({ agreed: true }));
    expect(because(await place(db, actOf(sam), ofCase(), input({ slotId: free[1] })))).toMatchObject({
      code: "version-conflict",
      changedBy: "Staff 2",
      own: false,
    });
    expect(because(await place(db, actOf(sam), ofCase(2), input({ slotId: free[1] })))).toMatchObject({
      code: "wrong-state",
      current: "placed",
    });
    const subject = { appointmentId, versions: [1] };
    expect(because(await place(db, actOf(sam), subject, input()))).toMatchObject({ code: "version-conflict" });
    await admin.query("update appointments set status = 'arrived' where id = $1", [appointmentId]);
    expect(because(await place(db, actOf(sam), { appointmentId, versions: [3] }, input()))).toMatchObject({
      code: "wrong-state",
      current: "arrived",
    });
  });

  test("An appointment whose case another person has claimed is not placed, by case or by appointment", async () => {
    const claim = (seconds: number) =>
      admin.query(
        "update cases set claimed_by = $2, claim_expires_at = now() + make_interval(secs => $3) where id = $1",
        [caseId, kim.personId, seconds],
      );
    await claim(60);
    for (const subject of [ofCase(), { appointmentId, versions: [2] }]) {
      expect(because(await place(db, actOf(sam), subject, input()))).toMatchObject({
        code: "case-claimed",
        claimedBy: "Staff 2",
      });
    }
    await claim(-1);
    expect((await place(db, actOf(sam), ofCase(), input())).kind).toBe("done");
  });

  describe("Placing into a slot that is not free or not suitable is refused, and the refusal names the rule", () => {
    test.each([
      ["unknown", "select 1 where $1::uuid is null", "no-such-slot", false],
      ["closed", "update slots set status = 'closed', closed_by = 'staff' where id = $1", "slot-taken", true],
      [
        "past",
        "update slots set starts_at = now() - interval '9 minutes', ends_at = now() where id = $1",
        "slot-taken",
        false,
      ],
      [
        "held by another",
        "update slots set hold_id = uuidv7(), held_by = (select id from patients where id <> $2 limit 1), hold_expires_at = now() + interval '1 minute' where id = $1",
        "slot-taken",
        false,
      ],
      [
        "too short",
        "update slots set ends_at = starts_at + interval '14 minutes' where id = $1",
        "slot-unsuitable",
        true,
      ],
      [
        "of another specialty",
        "with d as (insert into doctors (name, specialty) values ('Dr Skin', 'Dermatology') returning id) update slots set doctor_id = d.id from d where slots.id = $1",
        "slot-unsuitable",
        true,
      ],
      [
        "elsewhere",
        "with p as (update patients set keeps_location = true where id = $2 returning id), l as (insert into locations (name, address, time_zone, country) values ('Hill', '2 Hill', 'Europe/Dublin', 'IE') returning id) update slots set location_id = l.id from l, p where slots.id = $1",
        "slot-unsuitable",
        true,
      ],
    ])("%s", async (state, statement, code, yields) => {
      if (state !== "unknown")
        await admin.query(`${statement}${statement.includes("$2") ? "" : " and $2::uuid is not null"}`, [
          free[0],
          patient.id,
        ]);
      const wish = input(state === "unknown" ? { slotId: crypto.randomUUID() } : {});
      const outcome = await place(db, actOf(sam), ofCase(), wish);
      expect(because(outcome)).toMatchObject({ code });
      expect(await row()).toMatchObject({ status: "to-place", version: 2 });
      const forced = await place(db, actOf(sam), ofCase(), { ...wish, override: { reason: "agreed with the doctor" } });
      expect(forced.kind).toBe(yields ? "done" : "refused");
    });

    test("overlaps-own-appointment: A patient is not placed at the time of another appointment", async () => {
      const [other] = (await hire(admin, "doctor", 1)) as [Person];
      const { rows } = await admin.query<{ id: string }>(
        `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
         select $1, location_id, starts_at, ends_at, clinic_date, 'staff' from slots where id = $2 returning id`,
        [other.id, free[0]],
      );
      const also = await seat(admin, patient, rows[0]!.id);
      expect(because(await place(db, actOf(sam), ofCase(), input()))).toEqual({
        code: "overlaps-own-appointment",
        appointmentId: also,
      });
      expect((await place(db, actOf(sam), ofCase(), input({ override: { reason: "both" } }))).kind).toBe("done");
      expect(await row()).toMatchObject({ overlap_allowed: true });
    });

    test("A free slot that is no late opening is not assigned as one", async () => {
      expect(because(await place(db, actOf(sam), ofCase(), input({ lateOpening: true })))).toMatchObject({
        code: "not-found",
      });
      await admin.query("update slots set late_opening = true where id = $1", [free[0]]);
      expect((await place(db, actOf(sam), ofCase(), input({ lateOpening: true }))).kind).toBe("done");
    });
  });

  test("Placing into a slot that the patient holds ends the hold", async () => {
    await hold(db, actOf(patient), null, { slotId: free[0] });
    expect((await place(db, actOf(sam), ofCase(), input())).kind).toBe("done");
    expect(await count("slots where id = $1 and hold_id is null", free[0])).toBe(1);
  });

  test("A repeated request gets the first answer", async () => {
    const first = await place(db, actOf(sam, "again"), ofCase(), input());
    const second = await place(db, actOf(sam, "again"), ofCase(), input());
    expect(second).toMatchObject({ kind: "done", replayed: true });
    expect(second.kind === "done" && second.result).toEqual(first.kind === "done" && first.result);
    expect(await count("audit where action = 'appointment.place' and entity_id = $1", appointmentId)).toBe(1);
  });
});

describe("a slot that becomes free", () => {
  const reason = { by: "clinic", code: "staffing", note: null } as const;
  /** Frees a slot like the lost one, this many minutes from now. Returns how long it is kept for staff, minutes. */
  async function freeUp(minutes: number, of = doctor): Promise<{ slotId: string; kept: number | null }> {
    const slotId = await slot(minutes, of);
    const [somebody] = (await hire(admin, "patient", 1)) as [Person];
    const id = await seat(admin, somebody, slotId);
    const outcome = await cancel(db, actOf(sam), {
      appointmentId: id,
      versions: [1],
      reason,
      patientId: null,
      override: null,
    });
    expect(outcome.kind).toBe("done");
    const { rows } = await admin.query<{ kept: number | null }>(
      "select round(extract(epoch from offered_until - clock_timestamp()) / 60)::int as kept from slots where id = $1",
      [slotId],
    );
    return { slotId, kept: rows[0]!.kept };
  }

  test("A freed slot that fits an open case is kept for it. Only staff can take it in that time", async () => {
    const { slotId, kept } = await freeUp(3 * DAY + HOUR);
    expect(kept).toBe(60);
    const [rival] = (await hire(admin, "patient", 1)) as [Person];
    expect((await hold(db, actOf(rival), null, { slotId })).kind).toBe("refused");
    await admin.query("update slots set offered_until = now() where id = $1", [slotId]);
    expect((await hold(db, actOf(rival), null, { slotId })).kind).toBe("done");
  });

  test.each([
    [
      "nobody waits",
      "update appointments set status = 'cancelled', cancelled_by = 'clinic', cancel_code = 'other' where id = $1",
    ],
    ["the appointment is too long", "update appointments set ends_at = ends_at + interval '5 minutes' where id = $1"],
    [
      "its patient is gone",
      "update patients set active = false where id = (select patient_id from appointments where id = $1)",
    ],
    [
      "it waits for another specialty",
      "with d as (insert into doctors (name, specialty) values ('Dr Bone', 'Orthopaedics') returning id) update appointments a set doctor_id = d.id from d where a.id = $1",
    ],
    [
      "it was at another time of the year",
      "update appointments set starts_at = starts_at + interval '60 days', ends_at = ends_at + interval '60 days' where id = $1",
    ],
  ])("A freed slot is offered to patients at once if %s", async (_, statement) => {
    await admin.query(
      "update appointments set status = 'cancelled', cancelled_by = 'clinic', cancel_code = 'other' where status = 'to-place' and id <> $1",
      [appointmentId],
    );
    await admin.query(statement, [appointmentId]);
    expect((await freeUp(3 * DAY + HOUR)).kept).toBeNull();
  });

  test("A slot freed by a move, by the patient or by staff, is kept too", async () => {
    const [mover] = (await hire(admin, "patient", 1)) as [Person];
    const [from, to, next] = (await addSlots(admin, doctor, location, [3 * DAY + HOUR, 6 * DAY, 6 * DAY + HOUR])) as [
      string,
      string,
      string,
    ];
    const id = await seat(admin, mover, from);
    const held = await hold(db, actOf(mover), null, { slotId: to });
    const subject = { appointmentId: id, versions: [1] };
    const holdId = held.kind === "done" ? held.result.id : "";
    expect((await reschedule(db, actOf(mover), { ...subject, holdId, patientId: null, override: null })).kind).toBe(
      "done",
    );
    expect((await place(db, actOf(sam), { ...subject, versions: [2] }, input({ slotId: next }))).kind).toBe("done");
    expect(await count("slots where id = any($1) and offered_until > now() + interval '59 minutes'", [from, to])).toBe(
      2,
    );
  });

  test("A freed slot is kept for a case of another doctor of the specialty too. A policy of 0 minutes keeps none", async () => {
    const [colleague] = (await hire(admin, "doctor", 1)) as [Person];
    expect((await freeUp(3 * DAY + HOUR, colleague)).kept).toBe(60);
    await setPolicy(admin, { offer_minutes: 0 });
    expect((await freeUp(4 * DAY + HOUR, colleague)).kept).toBeNull();
    await setPolicy(admin, { offer_minutes: 60 });
  });
});

describe("at the same time", () => {
  test("slot-taken: Two staff place two patients into one slot, and one gets it", async () => {
    for (let round = 0; round < 15; round++) {
      const wanted = await slot(6 * DAY + round * 20);
      const waiting = await Promise.all(
        (await hire(admin, "patient", 2)).map(async (one, n) => {
          const id = await seat(admin, one, await slot(7 * DAY + round * 40 + n * 20));
          return { id, caseId: await displace(admin, id) };
        }),
      );
      const outcomes = await Promise.all(
        waiting.map((one, n) =>
          place(db, actOf(n === 0 ? sam : kim), { caseId: one.caseId, versions: [1] }, input({ slotId: wanted })),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["done", "refused"]);
      expect(because(outcomes.find(({ kind }) => kind === "refused")!)).toMatchObject({ code: "slot-taken" });
      expect(await count("appointments where slot_id = $1", wanted)).toBe(1);
    }
  });

  test("Two staff place one patient into two slots: one succeeds, the other is refused, and one slot stays free", async () => {
    for (let round = 0; round < 15; round++) {
      const id = await seat(admin, (await hire(admin, "patient", 1))[0]!, await slot(8 * DAY + round * 20));
      const queued = await displace(admin, id);
      const goals = [await slot(9 * DAY + round * 40), await slot(9 * DAY + round * 40 + 20)];
      const outcomes = await Promise.all(
        goals.map((slotId, n) =>
          place(db, actOf(n === 0 ? sam : kim), { caseId: queued, versions: [1] }, input({ slotId })),
        ),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["done", "refused"]);
      expect(because(outcomes.find(({ kind }) => kind === "refused")!)).toMatchObject({ code: "version-conflict" });
      expect(await count("slots where id = any($1) and appointment_id is null", goals)).toBe(1);
    }
  });

  test("Staff place into a slot that a patient is confirming: the first gets it, the other does not", async () => {
    const winners = { place: 0, hold: 0 };
    for (let round = 0; round < 20; round++) {
      const wanted = await slot(10 * DAY + round * 20);
      const [one, rival] = (await hire(admin, "patient", 2)) as [Person, Person];
      const id = await seat(admin, one, await slot(11 * DAY + round * 20));
      const queued = await displace(admin, id);
      const [placed, held] = await Promise.all([
        place(db, actOf(sam), { caseId: queued, versions: [1] }, input({ slotId: wanted })),
        hold(db, actOf(rival), null, { slotId: wanted }),
      ]);
      expect([placed.kind, held.kind].sort()).toEqual(["done", "refused"]);
      winners[placed.kind === "done" ? "place" : "hold"]++;
      expect(await count("slots where id = $1 and (appointment_id is null) <> (hold_id is null)", wanted)).toBe(1);
    }
    expect(winners.place + winners.hold).toBe(20);
  });
});
