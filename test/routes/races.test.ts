import { beforeAll, describe, expect, test } from "vitest";
import type { OwnPatient } from "../support/patients.ts";
import { freeSlots, useStack } from "../support/stack.ts";

const CLIENTS = 50;
const ROUNDS = Number(process.env["RACE_ROUNDS"] ?? 15);

describe("many patients at once", () => {
  const stack = useStack();
  let patients: OwnPatient[];
  beforeAll(async () => {
    patients = await stack().newPatients(CLIENTS);
  });
  const callers = () => Promise.all(patients.map(({ account }) => stack().as(account)));

  test(
    `${CLIENTS} holds of one slot, ${ROUNDS} times over: one patient has it, all others get three alternatives`,
    async () => {
      const calls = await callers();
      const slots = await freeSlots(stack(), ROUNDS);
      expect(slots).toHaveLength(ROUNDS);
      const seen: Record<number, number> = {};
      for (const slot of slots) {
        const replies = await Promise.all(calls.map((call) => call("POST", "/holds", { slotId: slot.id })));
        for (const { status } of replies) seen[status] = (seen[status] ?? 0) + 1;
        const winners = replies.filter(({ status }) => status === 201);
        const losers = replies.filter(({ status }) => status === 409);
        expect(winners).toHaveLength(1);
        expect(winners[0]?.body.slot.id).toBe(slot.id);
        expect(losers).toHaveLength(CLIENTS - 1);
        for (const { body } of losers) {
          expect(body.code).toBe("slot-taken");
          expect(body.alternatives).toHaveLength(3);
          expect(body.alternatives.map((other: { id: string }) => other.id)).not.toContain(slot.id);
        }
      }
      expect(seen).toEqual({ 201: ROUNDS, 409: ROUNDS * (CLIENTS - 1) });
    },
    60_000 + ROUNDS * 3_000,
  );

  test(`${CLIENTS} first-available holds on ${CLIENTS} free slots: ${CLIENTS} different slots, no request refused`, async () => {
    const calls = await callers();
    const free = await freeSlots(stack(), CLIENTS);
    const ids = free.map(({ id }) => id);
    await stack().sql("update slots set hold_id = null, held_by = null, hold_expires_at = null");
    await stack().sql(
      "update slots set status = 'closed', closed_by = 'staff' where status = 'open' and appointment_id is null and id <> all($1)",
      [ids],
    );
    try {
      const replies = await Promise.all(calls.map((call) => call("POST", "/holds", {})));
      expect(replies.map(({ status }) => status)).toEqual(calls.map(() => 201));
      expect(new Set(replies.map(({ body }) => body.slot.id))).toEqual(new Set(ids));
    } finally {
      await stack().sql("update slots set status = 'open', closed_by = null where closed_by = 'staff'");
    }
  });

  test("A patient who holds many slots at the same time has one hold, and every other slot is free", async () => {
    const call = await stack().as("patient160");
    const slots = await freeSlots(stack(), 20);
    const replies = await Promise.all(slots.map(({ id }) => call("POST", "/holds", { slotId: id })));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    const held = await stack().sql<{ count: number }>(
      `select count(*)::int as count from slots s join patients t on t.id = s.held_by join people p on p.id = t.person_id
       where p.subject = 'auth0|patient160' and s.hold_expires_at > now()`,
    );
    expect(held[0]?.count).toBe(1);
  });
});
