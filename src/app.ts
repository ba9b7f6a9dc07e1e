import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import { IdentityUnavailable } from "#adapters/identity.ts";
import { SessionsUnavailable } from "#adapters/sessions.ts";
import { isTokenOver } from "#db/call.ts";
import { failureOf } from "#db/errors.ts";
import { recordRefusal } from "#db/verbs/logins.ts";
import { readerOf } from "#http/act.ts";
import { apiClients } from "#routes/api-clients.ts";
import { appointmentChanges } from "#routes/appointment-changes.ts";
import { appointments } from "#routes/appointments.ts";
import { audit } from "#routes/audit.ts";
import { availability } from "#routes/availability.ts";
import { board } from "#routes/board.ts";
import { calendar } from "#routes/calendar.ts";
import { caseChanges } from "#routes/case-changes.ts";
import { cases } from "#routes/cases.ts";
import { config } from "#routes/config.ts";
import { desk } from "#routes/desk.ts";
import { doctors } from "#routes/doctors.ts";
import { exceptions } from "#routes/exceptions.ts";
import { feedback } from "#routes/feedback.ts";
import { feeds } from "#routes/feeds.ts";
import { health } from "#routes/health.ts";
import { holds } from "#routes/holds.ts";
import { holidays } from "#routes/holidays.ts";
import { imports } from "#routes/imports.ts";
import { type Job, jobs } from "#routes/jobs.ts";
import { lateOpenings } from "#routes/late-openings.ts";
import { invalidToken } from "#http/middleware/authenticate.ts";
import { limitAddress, limitRate } from "#http/middleware/limit-rate.ts";
import { guardWrites } from "#http/middleware/guard-writes.ts";
import { mailLinks } from "#routes/mail-links.ts";
import { operations } from "#routes/operations.ts";
import { pages } from "#routes/pages.ts";
import { patientErase } from "#routes/patient-erase.ts";
import { patientMerge } from "#routes/patient-merge.ts";
import { patients } from "#routes/patients.ts";
import { places } from "#routes/places.ts";
import { policy } from "#routes/policy.ts";
import { preferences } from "#routes/preferences.ts";
import { reminders } from "#routes/reminders.ts";
import { schedules } from "#routes/schedules.ts";
import { session } from "#routes/session.ts";
import { slots } from "#routes/slots.ts";
import { staff } from "#routes/staff.ts";
import { tasks } from "#routes/tasks.ts";
import { causeOf } from "#lib/cause.ts";
import type { App, Log, Services } from "./context.ts";
import { SettingsWrong } from "./env.ts";
import { ProblemError, problemResponse, unavailable } from "#http/problems/problem.ts";

const BODY_BYTES = 64 * 1024;
/** A part of an import: 500 rows with long texts. */
const IMPORT_BYTES = 1024 * 1024;
const IMPORTS = "/api/v1/imports";
const LIVENESS = "/api/v1/health";

export const JSON_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** The API, below /api/v1. The build writes its OpenAPI document from the same list. */
export const RESOURCES = [
  config,
  session,
  doctors,
  patients,
  patientErase,
  patientMerge,
  preferences,
  audit,
  availability,
  board,
  desk,
  holds,
  appointments,
  appointmentChanges,
  health,
  policy,
  places,
  lateOpenings,
  schedules,
  exceptions,
  slots,
  holidays,
  cases,
  caseChanges,
  staff,
  apiClients,
  tasks,
  calendar,
  feeds,
  operations,
  imports,
];

const limitedTo = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new ProblemError("payload-too-large");
    },
  });
const limitBody = limitedTo(BODY_BYTES);
const limitImport = limitedTo(IMPORT_BYTES);

/** Bounds the body. One that breaks off, or whose chunks are broken, is the client's mistake. */
const readableBody = createMiddleware<App>(async (c, next) => {
  try {
    return await (c.req.path === IMPORTS ? limitImport : limitBody)(c, next);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError("invalid-request", { errors: [{ pointer: "", detail: "The body breaks off" }] });
  }
});

/** The Worker's HTTP routes: the middleware in order, the route table, and the answers to errors. */
export function createApp(servicesOf: (c: Context<App>) => Services, log: Log, table: Record<string, Job>) {
  const app = new Hono<App>();

  app.use(async (c, next) => {
    const started = performance.now();
    c.set("requestId", crypto.randomUUID());
    await next();
    c.res.headers.set("X-Request-Id", c.get("requestId"));
    const code = c.get("problem");
    log("request", {
      requestId: c.get("requestId"),
      method: c.req.method,
      route: c.req.routePath,
      status: c.res.status,
      ...(code && { code }),
      durationMs: Math.round(performance.now() - started),
    });
  });
  app.use(
    secureHeaders({
      strictTransportSecurity: "max-age=63072000; includeSubDomains",
      referrerPolicy: "no-referrer",
      xFrameOptions: "DENY",
      crossOriginOpenerPolicy: "same-origin",
      crossOriginResourcePolicy: "same-origin",
    }),
  );
  app.use(async (c, next) => {
    await next();
    // Set in place: after the answer, `c.header` makes a new Response around its body, which is then sent in chunks.
    const { headers } = c.res;
    if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", JSON_POLICY);
    // Private by default; a route can override it.
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  });
  app.use(readableBody);
  app.use(async (c, next) => {
    // With wrong settings everything else is 503, but the Worker is alive.
    if (c.req.path === LIVENESS) return next();
    const requestId = c.get("requestId");
    const services: Services = { ...servicesOf(c), log: (event, fields) => log(event, { requestId, ...fields }) };
    c.set("services", services);
    c.set("runJob", async (name, payload) => table[name]?.runOnce(services, payload));
    return next();
  });

  app.use("/api/*", limitRate);
  app.use("/api/*", guardWrites);
  for (const resource of RESOURCES) app.route("/api/v1", resource);
  app.route("/jobs", jobs(table));
  for (const path of ["/reminders/*", "/links/*"]) {
    app.use(path, async (c, next) => {
      await limitAddress(c, "search");
      await next();
    });
  }
  app.route("/reminders", reminders);
  app.route("/links", mailLinks);
  app.route("/feedback", feedback);
  // Unknown API, job, webhook and problem paths are 404. All other paths serve the apps.
  app.get("/api/v1/problems/:code", (c) => c.redirect(`/problems/${encodeURIComponent(c.req.param("code"))}`, 308));
  app.on("ALL", ["/api/*", "/jobs/*", "/feedback/*", "/problems/*"], () => {
    throw new ProblemError("not-found");
  });
  app.route("/", pages);
  app.notFound((c) => problemResponse(new ProblemError("not-found"), c.get("requestId")));
  app.onError((error, c) => {
    const problem = problemOf(error);
    c.set("problem", problem.code);
    if (problem.code === "internal" || problem.code === "dependency-unavailable") {
      const settings = error instanceof SettingsWrong ? { settings: error.settings } : {};
      const requestId = c.get("requestId");
      log("fault", { requestId, code: problem.code, route: c.req.routePath, ...causeOf(error), ...settings });
    }
    if (problem.code === "forbidden") noteRefusal(c);
    return problemResponse(problem, c.get("requestId"));
  });
  return app;
}

/** A known person was refused because of their role or record. The audit trail records it after the answer. */
function noteRefusal(c: Context<App>): void {
  // Set by the authentication. Without it there is no caller.
  const caller: App["Variables"]["caller"] | undefined = c.get("caller");
  if (!caller) return;
  const recorded = recordRefusal(c.get("services").db, readerOf(c), `${c.req.method} ${c.req.routePath}`);
  c.executionCtx.waitUntil(recorded.catch(() => undefined));
}

/** The problem that answers an error. The caller learns nothing internal. */
function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isTokenOver(error)) return invalidToken();
  const failure = failureOf(error);
  const silent = error instanceof SessionsUnavailable || error instanceof IdentityUnavailable;
  if (silent || error instanceof SettingsWrong || (failure && failure.kind !== "conflict")) {
    return unavailable(2);
  }
  return new ProblemError("internal");
}
