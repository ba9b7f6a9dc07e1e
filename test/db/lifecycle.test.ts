import { afterAll, describe, expect, test } from "vitest";
import { accept, attend, cancel, reschedule, transfer } from "#db/verbs/appointment-changes.ts";
import { place } from "#db/verbs/placement.ts";
import type { Outcome } from "#db/call.ts";
import { holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { displace, seat } from "#test/support/placement.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [staff] = (await hire(admin, "staff", 1)) as [Person];
const DAY = 24 * 60;

const STATES = ["booked", "moved", "to-place", "cancelled", "arrived", "completed", "no-show"] as const;
type State = (typeof STATES)[number];
type Change = "reschedule" | "place" | "transfer" | "cancel" | "accept" | "arrived" | "completed" | "no-show";

/** The result of each change in each state: the state after it, or null where it is refused. */
const TABLE: Record<Change, Partial<Record<State, State>>> = {
  reschedule: { booked: "booked", moved: "booked", "to-place": "booked" },
  place: { booked: "booked", moved: "booked", "to-place": "booked" },
  // A move that the former patient had yet to answer is no question to the recipient.
  transfer: { booked: "booked", moved: "booked", "to-place": "to-place" },
  cancel: { booked: "cancelled", moved: "cancelled", "to-place": "cancelled" },
  accept: { moved: "booked" },
  arrived: { booked: "arrived", moved: "arrived", "no-show": "arrived", completed: "arrived" },
  completed: { arrived: "completed" },
  "no-show": { booked: "no-show", moved: "no-show", arrived: "no-show" },
};

/** An appointment in a state: what attendance is about has begun, all else is days ahead. */
async function stage(state: State, begun: boolean) {
  const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
  const [patient, recipient] = (await hire(admin, "patient", 2)) as [Person, Person];
  const [slotId, to] = (await addSlots(admin, doctor, location, [begun ? -20 : 5 * DAY, 6 * DAY])) as [string, string];
  const appointmentId = await seat(admin, patient, slotId);
  if (state === "to-place") await displace(admin, appointmentId);
  else if (state === "cancelled") {
    await admin.query("update slots set appointment_id = null where id = $1", [slotId]);
    await admin.query(
      "update appointments set status = 'cancelled', slot_id = null, cancelled_by = 'patient', cancel_code = 'other' where id = $1",
      [appointmentId],
    );
  } else await admin.query("update appointments set status = $2 where id = $1", [appointmentId, state]);
  const { rows } = await admin.query<{ version: number }>("select version from appointments where id = $1", [
    appointmentId,
  ]);
  return { appointmentId, patient, recipient, to, versions: [rows[0]!.version], patientId: null, override: null };
}

type Staged = Awaited<ReturnType<typeof stage>>;

const VERBS: Record<Change, (of: Staged) => Promise<Outcome<unknown, { code: string; current?: string }>>> = {
  reschedule: async (of) => reschedule(db, actOf(of.patient), { ...of, holdId: await holdSlot(db, of.patient, of.to) }),
  place: (of) => place(db, actOf(staff), of, { slotId: of.to, agreed: true, override: null }),
  transfer: (of) => transfer(db, actOf(staff), { ...of, recipientId: of.recipient.id }),
  cancel: (of) => cancel(db, actOf(of.patient), { ...of, reason: { by: "patient", code: "other", note: null } }),
  accept: (of) => accept(db, actOf(of.patient), of),
  arrived: (of) => attend(db, actOf(staff), { ...of, status: "arrived" }),
  completed: (of) => attend(db, actOf(staff), { ...of, status: "completed" }),
  "no-show": (of) => attend(db, actOf(staff), { ...of, status: "no-show" }),
};

const CHANGES = Object.keys(TABLE) as Change[];

describe.each(CHANGES)("%s", (change) => {
  test.each(STATES)(
    "An appointment that is %s: Each change is done, or refused as wrong-state with nothing changed",
    async (state) => {
      const begun = change === "arrived" || change === "completed" || change === "no-show";
      const of = await stage(state, begun);
      const expected = TABLE[change][state];
      const outcome = await VERBS[change](of);
      const { rows } = await admin.query("select status, version from appointments where id = $1", [of.appointmentId]);
      if (expected === undefined) {
        expect(outcome).toMatchObject({ kind: "refused", why: { code: "wrong-state", current: state } });
        expect(rows).toEqual([{ status: state, version: of.versions[0] }]);
      } else {
        expect(outcome).toMatchObject({ kind: "done" });
        expect(rows).toEqual([{ status: expected, version: of.versions[0]! + 1 }]);
      }
    },
  );
});
