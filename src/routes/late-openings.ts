import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { Appointment, IfMatch } from "#contract/appointments.ts";
import { AssignLateOpening } from "#contract/cases.ts";
import { Id } from "#contract/common.ts";
import { type LateOpening, LateOpenings, LateOpeningsQuery } from "#contract/late-openings.ts";
import { type LateOpeningRow, listLateOpenings } from "#db/queries/late-openings.ts";
import { place } from "#db/transactions/place.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { UUID } from "#lib/cursor.ts";
import { actOf, noActor, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { answerAppointment } from "#http/answer-appointment.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { body, json, problems, router } from "#http/router.ts";
import { versioned, versionedProblems } from "#http/etag.ts";

const getLateOpenings = createRoute({
  method: "get",
  path: "/late-openings",
  operationId: "listLateOpenings",
  tags: ["Placement"],
  summary: "Slots that came free within the freeze, with who could take them",
  middleware: authenticate("staff"),
  request: { query: LateOpeningsQuery },
  responses: {
    200: json(LateOpenings, "Soonest first; candidates best first"),
    ...problems("unauthenticated", "forbidden"),
  },
});

const assign = createRoute({
  method: "post",
  path: "/late-openings/{slotId}/assign",
  operationId: "assignLateOpening",
  tags: ["Placement"],
  summary: "Give a late opening to somebody who waits or whose appointment moves up",
  middleware: authenticate("staff"),
  request: { params: z.object({ slotId: Id }), headers: IfMatch, body: body(AssignLateOpening) },
  responses: {
    200: versioned(Appointment, "In the slot; where it was before is free"),
    ...versionedProblems(
      "not-found",
      "slot-taken",
      "slot-unsuitable",
      "overlaps-own-appointment",
      "frozen",
      "case-claimed",
      "wrong-state",
    ),
  },
});

export const lateOpenings = router()
  .openapi(getLateOpenings, async (c) => {
    const { doctorId } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { date: "date", startsAt: "instant", id: UUID });
    const { db } = c.get("services");
    const rows = await listLateOpenings(db, c.get("caller"), { ...asked, doctorId }, c.get("requestId"));
    if (!rows) throw noActor(c);
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ date, slot: { startsAt, id } }) => ({
      date,
      startsAt,
      id,
    }));
    return c.json({ items: items.map(lateOpeningOf), nextCursor }, 200);
  })
  .openapi(assign, async (c) => {
    const { slotId } = c.req.valid("param");
    const { appointmentId, agreed = false, override = null } = c.req.valid("json");
    const act = await actOf(c, c.req.valid("json"));
    const subject = { appointmentId, versions: versionsOf(c) };
    const input = { slotId, agreed, override, lateOpening: true };
    return answerAppointment(c, place(c.get("services").db, act, subject, input));
  });

function lateOpeningOf({ slot, doctorName, candidates }: LateOpeningRow): LateOpening {
  return {
    slot: slotOf(slot),
    doctorName,
    candidates: candidates.map(({ zone, startsAt, endsAt, ...candidate }) => ({
      ...candidate,
      startsAt: formatInstant(startsAt, zone),
      endsAt: formatInstant(endsAt, zone),
    })),
  };
}
