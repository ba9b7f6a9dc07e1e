import { ById, type Infer } from "#contract/common.ts";
import type { StaffSlot } from "#contract/answers/schedule.ts";
import { ChangeSlot, CreateSlot, PreviewSlotChange, PreviewTokenQuery } from "#contract/requests/schedule.ts";
import { type StaffSlotRow, findSlot } from "#db/queries/slots.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { parseInstant } from "#domain/clinic-time.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { change, preview } from "#http/calendar-change.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { type Route, Router } from "#http/router.ts";

const roles = ["staff"] as const;

const createSlot = {
  method: "post",
  path: "/slots",
  operationId: "createSlot",
  roles,
  body: CreateSlot,
} satisfies Route;

const previewSlot = {
  method: "post",
  path: "/slots/preview",
  operationId: "previewCreateSlot",
  dear: "costly",
  roles,
  body: CreateSlot,
} satisfies Route;

const changeSlot = {
  method: "patch",
  path: "/slots/{id}",
  operationId: "changeSlot",
  roles,
  params: ById,
  body: ChangeSlot,
} satisfies Route;

const deleteSlot = {
  method: "delete",
  path: "/slots/{id}",
  operationId: "deleteSlot",
  roles,
  params: ById,
  query: PreviewTokenQuery,
} satisfies Route;

const previewChange = {
  method: "post",
  path: "/slots/{id}/preview",
  operationId: "previewChangeSlot",
  dear: "costly",
  roles,
  params: ById,
  body: PreviewSlotChange,
} satisfies Route;

/** An instant that the schema accepts but no calendar has, such as 30 February, is a bad request. */
function instant(text: string, pointer: string): number {
  try {
    return parseInstant(text);
  } catch {
    throw new ProblemError("invalid-request", { errors: [{ pointer, detail: "Not an instant of any calendar" }] });
  }
}

function additionOf({ doctorId, locationId, startsAt, endsAt }: Infer<typeof CreateSlot>): CalendarChange {
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

function staffSlotOf(row: StaffSlotRow): StaffSlot {
  return { ...slotOf(row), status: row.status, closedBy: row.closedBy, appointmentId: row.appointmentId };
}

export const slots = new Router()
  .handle(createSlot, async (c) => {
    const input = c.req.valid("json");
    const agreed = { previewToken: input.previewToken ?? null, versions: null };
    const [row] = await change<StaffSlotRow>(c, additionOf(input), input, agreed);
    if (!row) throw new ProblemError("not-found");
    return c.json(staffSlotOf(row), 201, { Location: `/api/v1/slots/${row.id}` });
  })
  .handle(previewSlot, async (c) => c.json(await preview(c, additionOf(c.req.valid("json"))), 200))
  .handle(changeSlot, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    const agreed = { previewToken: input.previewToken ?? null, versions: null };
    const [changed] = await change<StaffSlotRow>(c, changeOf(id, input), input, agreed);
    // It stood so already, and nothing was written.
    const row = changed ?? (await findSlot(c.get("services").db, id));
    if (!row) throw new ProblemError("not-found");
    return c.json(staffSlotOf(row), 200);
  })
  .handle(deleteSlot, async (c) => {
    const { previewToken = null } = c.req.valid("query");
    const what = { kind: "slot-remove", slotId: c.req.valid("param").id } as const;
    await change(c, what, previewToken, { previewToken, versions: null });
    return c.body(null, 204);
  })
  .handle(previewChange, async (c) => {
    const input = c.req.valid("json");
    const { id } = c.req.valid("param");
    return c.json(await preview(c, "remove" in input ? { kind: "slot-remove", slotId: id } : changeOf(id, input)), 200);
  });
