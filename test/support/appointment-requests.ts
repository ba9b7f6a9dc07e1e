import { expect } from "vitest";
import { type Api, type Reply, type TestStack, freeSlots } from "./stack.ts";

/** Holds the first free slot, for the caller or for the patient that the body names. */
export async function hold(stack: TestStack, call: Api, body: object = {}): Promise<{ id: string; slotId: string }> {
  const [slot] = await freeSlots(stack, 1);
  const reply = await call("POST", "/holds", { slotId: slot?.id, ...body });
  expect(reply.status).toBe(201);
  return { id: reply.body.id, slotId: reply.body.slot.id };
}

/** Books the first free slot, for the caller or for the patient that the body names. */
export async function book(
  stack: TestStack,
  call: Api,
  body: object = {},
): Promise<{ id: string; path: string; etag: string; slotId: string }> {
  const held = await hold(stack, call, body);
  const { status, body: row, headers } = await call("POST", "/appointments", { holdId: held.id, ...body });
  expect(status).toBe(201);
  return { id: row.id, path: `/appointments/${row.id}`, etag: headers.get("ETag") ?? "", slotId: held.slotId };
}

/** Expects a refusal as a problem document; answers its body. */
export function problem(reply: Reply, status: number, code: string) {
  expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
  return reply.body;
}
