import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { Appointment, Appointments, AppointmentsQuery, CreateAppointment } from "#contract/appointments.ts";
import { Id } from "#contract/common.ts";
import { findAppointment, listAppointments } from "#db/queries/appointments.ts";
import { confirm } from "#db/transactions/confirm.ts";
import { UUID, readCursor, writeCursor } from "#domain/cursor.ts";
import { ProblemError } from "#src/problem.ts";
import { actOf, commit, noActor, overrideOf } from "./middleware/act.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { appointmentOf } from "./middleware/present.ts";
import { holdExpired } from "./middleware/refusal.ts";
import { relay } from "./middleware/relay.ts";
import { body, json, problems, router } from "./middleware/router.ts";

const DEFAULT_LIMIT = 50;

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
    ...problems(
      "unauthenticated",
      "forbidden",
      "not-found",
      "hold-expired",
      "overlaps-own-appointment",
      "idempotency-in-flight",
      "unsupported-media-type",
      "idempotency-key-reused",
    ),
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
      relay(c, outcome.result.id, outcome.dueAt);
      const { id, version } = outcome.result;
      return c.json(appointmentOf(outcome.result), 201, {
        Location: `/api/v1/appointments/${id}`,
        ETag: `"${version}"`,
      });
    }
    const { fate } = outcome;
    if (!fate || fate.nobody) throw new ProblemError("not-found");
    if (fate.overlaps && !override)
      throw new ProblemError("overlaps-own-appointment", { appointmentId: fate.overlaps });
    throw holdExpired(fate);
  })
  .openapi(getAppointments, async (c) => {
    const { cursor, limit = DEFAULT_LIMIT, unconfirmed, ...query } = c.req.valid("query");
    const filter = { ...query, unconfirmed: unconfirmed === "true" };
    const after = cursor ? readCursor(cursor, { startsAt: "instant", id: UUID }) : undefined;
    if (after === null) {
      throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/cursor", detail: "Not a nextCursor" }] });
    }
    const { db } = c.get("services");
    const rows = await listAppointments(db, c.get("caller"), { ...filter, after, limit }, c.get("requestId"));
    if (!rows) throw noActor(c);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = rows.length > limit && last ? writeCursor({ startsAt: last.startsAt, id: last.id }) : null;
    if (nextCursor) {
      const next = new URL(c.req.url);
      next.searchParams.set("cursor", nextCursor);
      c.header("Link", `<${next.pathname}${next.search}>; rel="next"`);
    }
    return c.json({ items: page.map((row) => appointmentOf(row, c.get("caller").role)), nextCursor }, 200);
  })
  .openapi(getAppointment, async (c) => {
    const { db } = c.get("services");
    const { id } = c.req.valid("param");
    const { known, item, alternatives } = await findAppointment(db, c.get("caller"), id, c.get("requestId"));
    if (!known) throw noActor(c);
    if (!item) throw new ProblemError("not-found");
    return c.json(appointmentOf(item, c.get("caller").role, alternatives), 200, {
      ETag: `"${item.version}"`,
    });
  });
