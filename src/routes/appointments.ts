import { AppointmentsQuery, CreateAppointment } from "#contract/requests/appointments.ts";
import { ById } from "#contract/common.ts";
import { findAppointment, listAppointments } from "#db/queries/appointments.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { UUID } from "#lib/cursor.ts";
import { actOf, commit, found, noActor, overrideOf } from "#http/act.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { appointmentOf } from "#http/presenters/rows.ts";
import { problemOf } from "#http/problems/refusal.ts";
import { scheduleNotification } from "#http/schedule-notification.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const createAppointment = {
  method: "post",
  path: "/appointments",
  operationId: "confirmAppointment",
  roles: ["patient", "staff"],
  body: CreateAppointment,
} satisfies Route;

const getAppointments = {
  method: "get",
  path: "/appointments",
  operationId: "listAppointments",
  roles: ["patient", "doctor", "staff"],
  query: AppointmentsQuery,
} satisfies Route;

const getAppointment = {
  method: "get",
  path: "/appointments/{id}",
  operationId: "getAppointment",
  roles: ["patient", "doctor", "staff"],
  params: ById,
} satisfies Route;

export const appointments = new Router()
  .handle(createAppointment, async (c) => {
    const input = c.req.valid("json");
    const override = overrideOf(c, input.override);
    const act = await actOf(c, input);
    const { db } = c.get("services");
    const verb = { holdId: input.holdId, patientId: input.patientId ?? null, reason: input.reason || null, override };
    const outcome = await commit(c, confirm(db, act, verb));
    if (outcome.kind === "done") {
      scheduleNotification(c, outcome.result.id, outcome.dueAt);
      const headers = { Location: `/api/v1/appointments/${outcome.result.id}`, ...etagOf(outcome.result) };
      return c.json(appointmentOf(outcome.result), 201, headers);
    }
    throw problemOf(c, outcome.why);
  })
  .handle(getAppointments, async (c) => {
    const query = c.req.valid("query");
    const asked = pageAsked(query, { startsAt: "instant", id: UUID });
    const filter = { ...query, ...asked, unconfirmed: query.unconfirmed === "true" };
    const rows = await listAppointments(c.get("services").db, c.get("caller"), filter, c.get("requestId"));
    if (!rows) throw noActor(c);
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ startsAt, id }) => ({ startsAt, id }));
    return c.json({ items: items.map((row) => appointmentOf(row, c.get("caller").role)), nextCursor }, 200);
  })
  .handle(getAppointment, async (c) => {
    const { db } = c.get("services");
    const { id } = c.req.valid("param");
    const read = await findAppointment(db, c.get("caller"), id, c.get("requestId"));
    const item = found(c, read);
    return c.json(appointmentOf(item, c.get("caller").role, read.alternatives), 200, etagOf(item));
  });
