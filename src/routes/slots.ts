import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { Id } from "#contract/common.ts";
import { ChangeSlot, CreateSlot, PreviewSlotChange, PreviewTokenQuery, StaffSlot } from "#contract/schedule.ts";
import { type StaffSlotRow, findSlot } from "#db/queries/slots.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { parseInstant } from "#domain/clinic-time.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { applied, change, changeProblems, preview, previewAnswers } from "#http/calendar-change.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { body, json, router } from "#http/router.ts";

const params = z.object({ id: Id });
const shared = { tags: ["Slots"], middleware: authenticate("staff") };

const createSlot = createRoute({
  ...shared,
  method: "post",
  path: "/slots",
  operationId: "createSlot",
  summary: "Add one slot",
  request: { body: body(CreateSlot) },
  responses: { 201: applied(json(StaffSlot, "Added")), ...changeProblems() },
});

const previewSlot = createRoute({
  ...shared,
  method: "post",
  path: "/slots/preview",
  operationId: "previewCreateSlot",
  summary: "Whether a slot can be added; it displaces nobody",
  request: { body: body(CreateSlot) },
  responses: previewAnswers,
});

const changeSlot = createRoute({
  ...shared,
  method: "patch",
  path: "/slots/{id}",
  operationId: "changeSlot",
  summary: "Close, open or move one slot",
  request: { params, body: body(ChangeSlot) },
  responses: { 200: applied(json(StaffSlot, "As it is now")), ...changeProblems() },
});

const deleteSlot = createRoute({
  ...shared,
  method: "delete",
  path: "/slots/{id}",
  operationId: "deleteSlot",
  summary: "Delete one slot; the schedule does not put it there again",
  request: { params, query: PreviewTokenQuery },
  responses: { 204: applied({ description: "Deleted" }), ...changeProblems() },
});

const previewChange = createRoute({
  ...shared,
  method: "post",
  path: "/slots/{id}/preview",
  operationId: "previewChangeSlot",
  summary: "Whether closing, moving or deleting a slot would displace somebody",
  request: { params, body: body(PreviewSlotChange) },
  responses: previewAnswers,
});

/** An instant that the schema has let through but that no calendar has, such as 30 February, is a bad request. */
function instant(text: string, pointer: string): number {
  try {
    return parseInstant(text);
  } catch {
    throw new ProblemError("invalid-request", { errors: [{ pointer, detail: "Not an instant of any calendar" }] });
  }
}

function additionOf({ doctorId, locationId, startsAt, endsAt }: z.infer<typeof CreateSlot>): CalendarChange {
  const times = { startsAt: instant(startsAt, "/startsAt"), endsAt: instant(endsAt, "/endsAt") };
  return { kind: "slot-add", doctorId, locationId, ...times };
}

function changeOf(slotId: string, { status, startsAt, endsAt }: ChangeSlot): CalendarChange {
  return {
    kind: "slot-change",
    slotId,
    ...(status === undefined ? {} : { status }),
    ...(startsAt === undefined ? {} : { startsAt: instant(startsAt, "/startsAt") }),
    ...(endsAt === undefined ? {} : { endsAt: instant(endsAt, "/endsAt") }),
  };
}

function staffSlotOf(row: StaffSlotRow): z.infer<typeof StaffSlot> {
  return { ...slotOf(row), status: row.status, closedBy: row.closedBy, appointmentId: row.appointmentId };
}

export const slots = router()
  .openapi(createSlot, async (c) => {
    const input = c.req.valid("json");
    const agreed = { previewToken: input.previewToken ?? null, versions: null };
    const [row] = await change<StaffSlotRow>(c, additionOf(input), input, agreed);
    if (!row) throw new ProblemError("not-found");
    return c.json(staffSlotOf(row), 201, { Location: `/api/v1/slots/${row.id}` });
  })
  .openapi(previewSlot, async (c) => c.json(await preview(c, additionOf(c.req.valid("json"))), 200))
  .openapi(changeSlot, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    const agreed = { previewToken: input.previewToken ?? null, versions: null };
    const [changed] = await change<StaffSlotRow>(c, changeOf(id, input), input, agreed);
    // It stood so already, and nothing was written.
    const row = changed ?? (await findSlot(c.get("services").db, id));
    if (!row) throw new ProblemError("not-found");
    return c.json(staffSlotOf(row), 200);
  })
  .openapi(deleteSlot, async (c) => {
    const { previewToken = null } = c.req.valid("query");
    const what = { kind: "slot-remove", slotId: c.req.valid("param").id } as const;
    await change(c, what, previewToken, { previewToken, versions: null });
    return c.body(null, 204);
  })
  .openapi(previewChange, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    return c.json(await preview(c, "remove" in input ? { kind: "slot-remove", slotId: id } : changeOf(id, input)), 200);
  });
