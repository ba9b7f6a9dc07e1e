import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { Appointment, Appointments, AppointmentsQuery, CreateAppointment } from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import { findAppointment, listAppointments } from "#db/queries/appointments.ts";
import { confirm } from "#db/transactions/confirm.ts";
import { UUID } from "#lib/cursor.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { actOf, commit, found, noActor, overrideOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { appointmentOf } from "#http/presenters/rows.ts";
import { holdExpired } from "#http/problems/refusal.ts";
import { scheduleNotification } from "#http/schedule-notification.ts";
import { body, json, problems, router, writeProblems } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const createAppointment = createRoute({
  method: "post",
  path: "/appointments",
  operationId: "confirmAppointment",
  tags: ["Booking"],
  summary: "Turn a hold into an appointment",
  middleware: authenticate("patient", "staff"),
  request: { body: body(CreateAppointment) },
  responses: {
    201: json(Appointment, "Booked"),
    ...writeProblems("not-found", "hold-expired", "overlaps-own-appointment"),
  },
});

const getAppointments = createRoute({
  method: "get",
  path: "/appointments",
  operationId: "listAppointments",
  tags: ["Appointments"],
  summary: "One's own appointments; a doctor's, in their slots; all, for staff",
  middleware: authenticate("patient", "doctor", "staff"),
  request: { query: AppointmentsQuery },
  responses: {
    200: json(Appointments, "Upcoming ones ascending, past ones descending"),
    ...problems("unauthenticated", "forbidden"),
  },
});

const getAppointment = createRoute({
  method: "get",
  path: "/appointments/{id}",
  operationId: "getAppointment",
  tags: ["Appointments"],
  summary: "One appointment",
  middleware: authenticate("patient", "doctor", "staff"),
  request: { params: z.object({ id: Id }) },
  responses: { 200: json(Appointment, "The appointment"), ...problems("unauthenticated", "forbidden", "not-found") },
});

export const appointments = router()
  .openapi(createAppointment, async (c) => {
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
    const { fate } = outcome;
    if (!fate || fate.nobody) throw new ProblemError("not-found");
    if (fate.overlaps && !override)
      throw new ProblemError("overlaps-own-appointment", { appointmentId: fate.overlaps });
    throw holdExpired(fate);
  })
  .openapi(getAppointments, async (c) => {
    const query = c.req.valid("query");
    const asked = pageAsked(query, { startsAt: "instant", id: UUID });
    const filter = { ...query, ...asked, unconfirmed: query.unconfirmed === "true" };
    const rows = await listAppointments(c.get("services").db, c.get("caller"), filter, c.get("requestId"));
    if (!rows) throw noActor(c);
    const { items, nextCursor } = pageOf(c, rows, asked.limit, ({ startsAt, id }) => ({ startsAt, id }));
    return c.json({ items: items.map((row) => appointmentOf(row, c.get("caller").role)), nextCursor }, 200);
  })
  .openapi(getAppointment, async (c) => {
    const { db } = c.get("services");
    const { id } = c.req.valid("param");
    const read = await findAppointment(db, c.get("caller"), id, c.get("requestId"));
    const item = found(c, read);
    return c.json(appointmentOf(item, c.get("caller").role, read.alternatives), 200, etagOf(item));
  });
