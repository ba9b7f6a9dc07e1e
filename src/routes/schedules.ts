import { ById, type Infer } from "#contract/common.ts";
import { PreviewTokenQuery, Schedule } from "#contract/requests/schedule.ts";
import { findSchedule } from "#db/queries/schedules.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import type { Session } from "#domain/schedule/model.ts";
import { found, versionsOf } from "#http/act.ts";
import { change, preview } from "#http/calendar-change.ts";
import { sessionFrom, sessionOf } from "#http/presenters/sessions.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const getSchedule = {
  method: "get",
  path: "/doctors/{id}/schedule",
  operationId: "getSchedule",
  roles: ["doctor", "staff"],
  params: ById,
} satisfies Route;

const putSchedule = {
  method: "put",
  path: "/doctors/{id}/schedule",
  operationId: "putSchedule",
  roles: ["staff"],
  params: ById,
  query: PreviewTokenQuery,
  body: Schedule,
} satisfies Route;

const previewSchedule = {
  method: "post",
  path: "/doctors/{id}/schedule/preview",
  operationId: "previewSchedule",
  dear: "costly",
  roles: ["staff"],
  params: ById,
  body: Schedule,
} satisfies Route;

/** Members in one order and none left out, so that a preview and its real call name the same change. */
function changeOf(doctorId: string, sessions: Infer<typeof Schedule>): CalendarChange {
  const whole = sessions.map((session): Session => {
    const { weekday, from, to, slotMinutes = null, validFrom, validTo = null, locationId } = session;
    return sessionFrom({ weekday, from, to, slotMinutes, validFrom, validTo, locationId });
  });
  return { kind: "schedule", doctorId, sessions: whole };
}

export const schedules = new Router()
  .handle(getSchedule, async (c) => {
    const item = found(c, await findSchedule(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(item.sessions.map(sessionOf), 200, etagOf(item));
  })
  .handle(putSchedule, async (c) => {
    const what = changeOf(c.req.valid("param").id, c.req.valid("json"));
    const { previewToken = null } = c.req.valid("query");
    const agreed = { previewToken, versions: versionsOf(c) };
    const asked = [c.req.valid("json"), c.req.header("If-Match"), previewToken];
    const [changed] = await change<{ sessions: Session[]; version: number }>(c, what, asked, agreed);
    // It stood so already, and nothing was written.
    const item =
      changed ?? found(c, await findSchedule(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(item.sessions.map(sessionOf), 200, etagOf(item));
  })
  .handle(previewSchedule, async (c) =>
    c.json(await preview(c, changeOf(c.req.valid("param").id, c.req.valid("json"))), 200),
  );
