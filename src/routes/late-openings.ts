import { AssignLateOpening } from "#contract/requests/cases.ts";
import type { LateOpening } from "#contract/answers/late-openings.ts";
import { LateOpeningPath, LateOpeningsQuery } from "#contract/requests/late-openings.ts";
import { type LateOpeningRow, listLateOpenings } from "#db/queries/late-openings.ts";
import { place } from "#db/verbs/placement.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { UUID } from "#lib/cursor.ts";
import { actOf, found, versionsOf } from "#http/act.ts";
import { answerAppointment } from "#http/answer-appointment.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { type Route, Router } from "#http/router.ts";

const getLateOpenings = {
  method: "get",
  path: "/late-openings",
  operationId: "listLateOpenings",
  roles: ["staff"],
  query: LateOpeningsQuery,
} satisfies Route;

const assign = {
  method: "post",
  path: "/late-openings/{slotId}/assign",
  operationId: "assignLateOpening",
  roles: ["staff"],
  params: LateOpeningPath,
  body: AssignLateOpening,
} satisfies Route;

export const lateOpenings = new Router()
  .handle(getLateOpenings, async (c) => {
    const { doctorId } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { date: "date", startsAt: "instant", id: UUID });
    const { db } = c.get("services");
    const rows = found(c, await listLateOpenings(db, c.get("caller"), { ...asked, doctorId }, c.get("requestId")));
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ date, slot: { startsAt, id } }) => ({
      date,
      startsAt,
      id,
    }));
    return c.json({ items: items.map(lateOpeningOf), nextCursor }, 200);
  })
  .handle(assign, async (c) => {
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
