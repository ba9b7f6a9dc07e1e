import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import type { Outgoing } from "#domain/message/sender.ts";
import { runOnce } from "#jobs/notify.ts";
import type { Services } from "#src/context.ts";
import { book, holdSlot } from "#test/support/booking.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const location = await foundClinic(admin);
const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
const DAY = 24 * 60;

let sent: Outgoing[];
/** The mail service's behaviour for the next mails. */
let service: (mail: Outgoing) => Promise<string>;
beforeEach(() => {
  sent = [];
  service = async (mail) => {
    sent.push(mail);
    return crypto.randomUUID();
  };
});

const servicesOn = (database: Database) =>
  ({
    env: { PUBLIC_URL: "https://clinic.example", SES_FROM: "clinic@clinic.example", SES_PER_SECOND: 1000 },
    db: database,
    sender: { send: (mail: Outgoing) => service(mail) },
    log: () => {},
  }) as unknown as Services;

const makeDue = (appointmentId: string) =>
  admin.query(
    "update outbox set due_at = now() - interval '1 second', lease_until = null where appointment_id = $1 and due_at is not null",
    [appointmentId],
  );
async function tell(appointmentId: string, on: Database = db): Promise<void> {
  await makeDue(appointmentId);
  await runOnce(servicesOn(on), { appointmentId });
}

let ahead = 5;
/** An appointment whose booking is due to be notified, and another free slot of that day. */
async function booked() {
  const [patient] = (await hire(admin, "patient", 1)) as [Person];
  const at = ahead++ * DAY;
  const [slotId, other] = (await addSlots(admin, doctor, location, [at, at + 60])) as [string, string];
  const appointmentId = await book(db, patient, slotId);
  const { rows } = await admin.query<{ at: Date }>("select starts_at as at from appointments where id = $1", [
    appointmentId,
  ]);
  const subject = (version: number) => ({ appointmentId, versions: [version], patientId: null, override: null });
  return {
    appointmentId,
    startsAt: rows[0]!.at,
    move: async (version: number) =>
      expect(
        (
          await reschedule(db, actOf(patient), {
            ...subject(version),
            holdId: await holdSlot(db, patient, other),
          })
        ).kind,
      ).toBe("done"),
    cancel: async (version: number) =>
      expect(
        (
          await cancel(db, actOf(patient), {
            ...subject(version),
            reason: { by: "patient", code: "other", note: null },
          })
        ).kind,
      ).toBe("done"),
  };
}

const calendarOf = ({ calendar }: Outgoing) => ({
  method: calendar?.method,
  start: /^DTSTART:(\S+)/m.exec(calendar?.content ?? "")?.[1],
  sequence: Number(/^SEQUENCE:(\d+)/m.exec(calendar?.content ?? "")?.[1]),
});
const stampOf = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

describe("sending due notifications", () => {
  test("After a change between claim and delivery the old state is not sent, and the next run sends the new one", async () => {
    const one = await booked();
    let statements = 0;
    const late: Database = {
      ...db,
      async rows<Row>(statement: Parameters<Database["rows"]>[0]) {
        const rows = await db.rows<Row>(statement);
        // The claim has been made: the patient is faster than the mail.
        if (++statements === 1) await one.move(1);
        return rows;
      },
    };
    await tell(one.appointmentId, late);
    expect(statements).toBeGreaterThan(1);
    expect(sent).toEqual([]);
    await tell(one.appointmentId);
    expect(sent).toHaveLength(1);
    expect(calendarOf(sent[0]!).start).not.toBe(stampOf(one.startsAt));
  });

  test("A run whose mail could not be sent fails, so that the queue calls again. The notification stays due", async () => {
    const { appointmentId } = await booked();
    service = () => Promise.reject(new Error("no answer in time"));
    await expect(tell(appointmentId)).rejects.toThrow("no answer in time");
    const { rows } = await admin.query("select due_at is not null as dirty from outbox where appointment_id = $1", [
      appointmentId,
    ]);
    expect(rows).toEqual([{ dirty: true }]);
  });

  test("A cancellation cancels the event that was notified, not a move that was not notified", async () => {
    const one = await booked();
    await tell(one.appointmentId);
    const told = calendarOf(sent[0]!);
    expect(told).toEqual({ method: "REQUEST", start: stampOf(one.startsAt), sequence: 0 });
    await one.move(1);
    await one.cancel(2);
    await tell(one.appointmentId);
    expect(calendarOf(sent[1]!)).toEqual({ ...told, method: "CANCEL", sequence: 1 });
  });
});
