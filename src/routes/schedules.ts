import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { IfMatch } from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import { PreviewTokenQuery, Schedule } from "#contract/schedule.ts";
import { findSchedule } from "#db/queries/schedules.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { Session } from "#domain/schedule/model.ts";
import { found, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { applied, change, changeProblems, preview, previewAnswers } from "#http/calendar-change.ts";
import { body, problems, router } from "#http/router.ts";
import { etagOf, versioned } from "#http/etag.ts";

const params = z.object({ id: Id });
const tags = ["Schedules"];

const getSchedule = createRoute({
  method: "get",
  path: "/doctors/{id}/schedule",
  operationId: "getSchedule",
  tags,
  summary: "A doctor's weekly schedule",
  middleware: authenticate("doctor", "staff"),
  request: { params },
  responses: {
    200: versioned(Schedule, "The weekly sessions"),
    ...problems("unauthenticated", "forbidden", "not-found"),
  },
});

const putSchedule = createRoute({
  method: "put",
  path: "/doctors/{id}/schedule",
  operationId: "putSchedule",
  tags,
  summary: "Replace a doctor's weekly schedule; slots that still fit stay as they are",
  middleware: authenticate("staff"),
  request: { params, query: PreviewTokenQuery, headers: IfMatch, body: body(Schedule) },
  responses: { 200: applied(versioned(Schedule, "The new weekly sessions")), ...changeProblems("version-conflict") },
});

const previewSchedule = createRoute({
  method: "post",
  path: "/doctors/{id}/schedule/preview",
  operationId: "previewSchedule",
  tags,
  summary: "Which appointments a new weekly schedule would displace",
  middleware: authenticate("staff"),
  request: { params, body: body(Schedule) },
  responses: previewAnswers,
});

/** Members in one order and none left out, so that a preview and its real call name the same change. */
function changeOf(doctorId: string, sessions: z.infer<typeof Schedule>): CalendarChange {
  const whole = sessions.map((session): Session => {
    const { weekday, from, to, slotMinutes = null, validFrom, validTo = null, locationId } = session;
    return { weekday, from, to, slotMinutes, validFrom, validTo, locationId };
  });
  return { kind: "schedule", doctorId, sessions: whole };
}

export const schedules = router()
  .openapi(getSchedule, async (c) => {
    const item = found(c, await findSchedule(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(item.sessions, 200, etagOf(item));
  })
  .openapi(putSchedule, async (c) => {
    const what = changeOf(c.req.valid("param").id, c.req.valid("json"));
    const { previewToken = null } = c.req.valid("query");
    const agreed = { previewToken, versions: versionsOf(c) };
    const asked = [c.req.valid("json"), c.req.header("If-Match"), previewToken];
    const [changed] = await change<{ sessions: Session[]; version: number }>(c, what, asked, agreed);
    // It stood so already, and nothing was written.
    const item =
      changed ?? found(c, await findSchedule(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(item.sessions, 200, etagOf(item));
  })
  .openapi(previewSchedule, async (c) =>
    c.json(await preview(c, changeOf(c.req.valid("param").id, c.req.valid("json"))), 200),
  );
