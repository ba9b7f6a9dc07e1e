import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { hold } from "#db/verbs/holds.ts";
import { MessageRefused, type Outgoing } from "#domain/message/sender.ts";
import { runOnce } from "#jobs/notify.ts";
import type { Services } from "#src/context.ts";
import { createTestDatabase } from "../support/database.ts";
import { type Desk, type Person, actOf, addSlots, foundClinic, hire, openDesk } from "../support/small-clinic.ts";

const DAYS = 24 * 60;
const database = await createTestDatabase({ template: "migrated" });
let desk: Desk;
let location: string;
let doctor: Person;
let days = 10;
let taken: Outgoing[];
/** SES's answer to the next mail: accepted, no answer, or refused. */
let answers: "id" | "silence" | "refusal";

beforeAll(async () => {
  desk = openDesk(database);
  location = await foundClinic(desk.admin, { change_budget: 100, patient_change_budget: 1000 });
  [doctor] = (await hire(desk.admin, "doctor", 1)) as [Person];
});
afterAll(() => desk.close());
beforeEach(() => {
  [taken, answers] = [[], "id"];
});

/** Makes every waiting notification due, also leased ones, and runs the job. */
async function tell(appointmentId: string): Promise<void> {
  await desk.admin.query(
    "update outbox set due_at = case when due_at is not null then now() end, lease_until = null where appointment_id = $1",
    [appointmentId],
  );
  const services = {
    env: { PUBLIC_URL: "https://clinic.example", SES_FROM: "clinic@clinic.example", SES_PER_SECOND: 1000 },
    db: desk.db,
    sender: {
      async send(message: Outgoing) {
        if (answers === "refusal") throw new MessageRefused("no");
        taken.push(message);
        if (answers === "silence") throw new Error("no answer in time");
        return crypto.randomUUID();
      },
    },
    log: () => {},
  } as unknown as Services;
  await runOnce(services, { appointmentId }).catch(() => undefined);
}

async function book() {
  const [patient] = (await hire(desk.admin, "patient", 1)) as [Person];
  const start = days++ * DAYS;
  const slots = await addSlots(desk.admin, doctor, location, [start, start + 20]);
  const holdOf = async (slotId = "") => {
    const held = await hold(desk.db, actOf(patient), null, { slotId }, null);
    if (held.kind !== "done") throw new Error(held.kind);
    return held.result.id;
  };
  const booked = await confirm(desk.db, actOf(patient), {
    holdId: await holdOf(slots[0]),
    patientId: null,
    reason: null,
  });
  if (booked.kind !== "done") throw new Error(booked.kind);
  const { id } = booked.result;
  let { version } = booked.result;
  const subject = () => ({ appointmentId: id, versions: [version++], patientId: null, override: null });
  return {
    id,
    startsAt: booked.result.startsAt,
    move: async (n: number) =>
      expect((await reschedule(desk.db, actOf(patient), { ...subject(), holdId: await holdOf(slots[n]) })).kind).toBe(
        "done",
      ),
    cancel: async () =>
      expect(
        (await cancel(desk.db, actOf(patient), { ...subject(), reason: { by: "patient", code: "other", note: null } }))
          .kind,
      ).toBe("done"),
  };
}

const last = () => {
  const { method, content = "" } = taken.at(-1)?.calendar ?? {};
  const [, at = ""] = /^DTSTART:(\S+)/m.exec(content) ?? [];
  return { method, at, sequence: Number(/^SEQUENCE:(\d+)/m.exec(content)?.[1]) };
};

describe("a mail that may or may not have been sent", () => {
  test("Moved, perhaps notified, and moved back: the final state is notified again, with a higher SEQUENCE", async () => {
    const appointment = await book();
    await tell(appointment.id);
    const first = last();
    expect(first).toMatchObject({ method: "REQUEST", sequence: 0 });
    await appointment.move(1);
    answers = "silence";
    await tell(appointment.id);
    expect(last()).toMatchObject({ method: "REQUEST", sequence: 1 });
    await appointment.move(0);
    answers = "id";
    await tell(appointment.id);
    expect(taken).toHaveLength(3);
    expect(last()).toEqual({ ...first, sequence: 2 });
    await tell(appointment.id);
    expect(taken).toHaveLength(3);
  });

  test("Booked, perhaps notified, and cancelled: the cancellation is notified", async () => {
    const appointment = await book();
    answers = "silence";
    await tell(appointment.id);
    await appointment.cancel();
    answers = "id";
    await tell(appointment.id);
    expect(taken).toHaveLength(2);
    expect(last()).toMatchObject({ method: "CANCEL", sequence: 1 });
  });

  test("Booked, certainly not notified, and cancelled: nothing is notified", async () => {
    const appointment = await book();
    answers = "refusal";
    await tell(appointment.id);
    await appointment.cancel();
    answers = "id";
    await tell(appointment.id);
    expect(taken).toEqual([]);
  });
});
