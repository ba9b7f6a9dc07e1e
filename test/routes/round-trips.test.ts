import { beforeAll, describe, expect, test } from "vitest";
import { type Api, type TestStack, freeSlots, useStack } from "../support/stack.ts";

interface Budget {
  /** Database round trips. */
  database: number;
  /** Turns of a transaction over the WebSocket: statements that wait for an answer; none for what is one statement. */
  turns?: number;
  /** Redis requests with a session cookie; none with a bearer token. */
  redis: number;
  /** Whom it is for; patients unless given. */
  account?: string;
  /** Makes the request once, after whatever must be there before; `ready` is called right before it. */
  request: (call: Api, stack: TestStack, ready: () => void) => Promise<{ status: number }>;
}

const hold = async (call: Api, stack: TestStack) => {
  const [slot] = await freeSlots(stack, 1);
  return (await call("POST", "/holds", { slotId: slot?.id })).body.id as string;
};
const holdFarAhead = async (call: Api) => {
  const from = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  return (await call("POST", "/holds", { from })).body.id as string;
};
/** A fresh appointment of the caller's, far from every rule, and what a change of it must send. */
const book = async (call: Api) => {
  const { body, headers } = await call("POST", "/appointments", { holdId: await holdFarAhead(call) });
  const ifMatch = { "If-Match": headers.get("ETag") ?? "", "Idempotency-Key": crypto.randomUUID() };
  return { path: `/appointments/${body.id}`, id: body.id as string, headers: ifMatch };
};
const get =
  (path: string): Budget["request"] =>
  (call, _stack, ready) => {
    ready();
    return call("GET", path);
  };

/** A record of a patient or doctor that nobody else changes, and what a change of it must send. */
const open = async (call: Api, path: string, body: object) => {
  const made = await call("POST", path, body);
  return { path: `${path}/${made.body.id}`, headers: { "If-Match": made.headers.get("ETag") ?? "" } };
};
const SOMEBODY = { name: "Round Trip", dateOfBirth: "1980-01-01" };
const DOCTOR = { name: "Dr Trip", specialty: "Travel" };

/** A free slot of a doctor's far ahead, where nobody is affected. */
const someSlot = async (stack: TestStack) => {
  const [slot] = await stack.sql<{ id: string; doctorId: string; locationId: string; date: string; next: string }>(
    `select id, doctor_id as "doctorId", location_id as "locationId", clinic_date::text as date,
       (clinic_date + 1)::text as next
     from slots where status = 'open' and appointment_id is null and hold_id is null and by_hand is null
       and starts_at > now() + interval '60 days' order by starts_at, id limit 1`,
  );
  if (!slot) throw new Error("there is no free slot");
  return slot;
};
const atNight = (minutes: number) =>
  new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000 + (5 * 1440 + 180 + minutes) * 60_000);
const absence = ({ date, next }: { date: string; next: string }) => ({ kind: "absence", fromDate: date, toDate: next });
let nights = 0;
const nightSlot = ({ doctorId, locationId }: { doctorId: string; locationId: string }) => {
  const minutes = 20 * nights++;
  const times = { startsAt: atNight(minutes).toISOString(), endsAt: atNight(minutes + 15).toISOString() };
  return { doctorId, locationId, ...times };
};
/** A request of staff's about some slot; `path` and `body` are made from it. */
const staffs = (
  method: string,
  make: (slot: Awaited<ReturnType<typeof someSlot>>, call: Api) => Promise<[string, unknown?, Record<string, string>?]>,
): Pick<Budget, "account" | "redis" | "request"> => ({
  account: "staff1",
  redis: 1,
  async request(call, stack, ready) {
    const [path, body, headers] = await make(await someSlot(stack), call);
    ready();
    return call(method, path, body, headers);
  },
});
const schedule = async (doctorId: string, call: Api) => {
  const { body, headers } = await call("GET", `/doctors/${doctorId}/schedule`);
  return { sessions: body as object[], headers: { "If-Match": headers.get("ETag") ?? "" } };
};
/** The path of an operation that has added a slot at night. */
const operated = async (slot: Awaited<ReturnType<typeof someSlot>>, call: Api): Promise<string> => {
  const link = (await call("POST", "/slots", nightSlot(slot))).headers.get("Link") ?? "";
  return /operations\/[0-9a-f-]+/.exec(link)?.[0].replace(/^/, "/") ?? link;
};
const holiday = () => ({ date: `2031-05-${String(++nights % 28 || 28).padStart(2, "0")}`, name: "Round Trip Day" });

/** Every route of the API and what it may cost when it succeeds. A route that is not here fails the last test. */
const BUDGETS: Record<string, Budget> = {
  "GET /config": { database: 1, redis: 0, request: get("/config") },
  "GET /doctors": { database: 1, redis: 0, request: get("/doctors") },
  "GET /doctors (all, for staff)": { database: 1, redis: 1, account: "staff1", request: get("/doctors?status=all") },
  "POST /doctors": {
    database: 1,
    redis: 1,
    account: "staff1",
    request(call, _stack, ready) {
      ready();
      return call("POST", "/doctors", DOCTOR, { "Idempotency-Key": crypto.randomUUID() });
    },
  },
  "GET /doctors/{id}": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path } = await open(call, "/doctors", DOCTOR);
      ready();
      return call("GET", path);
    },
  },
  "PATCH /doctors/{id}": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path, headers } = await open(call, "/doctors", DOCTOR);
      ready();
      return call("PATCH", path, { active: false }, headers);
    },
  },
  "POST /doctors/{id}/login": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path, headers } = await open(call, "/doctors", DOCTOR);
      ready();
      return call("POST", `${path}/login`, { subject: `auth0|${crypto.randomUUID()}` }, headers);
    },
  },
  "DELETE /doctors/{id}/login": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path, headers } = await open(call, "/doctors", DOCTOR);
      ready();
      return call("DELETE", `${path}/login`, undefined, headers);
    },
  },
  "POST /doctors/{id}/leave": {
    database: 0,
    turns: 6,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path } = await open(call, "/doctors", DOCTOR);
      ready();
      return call("POST", `${path}/leave`, { from: "2031-01-01" });
    },
  },
  "POST /doctors/{id}/leave/preview": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path } = await open(call, "/doctors", DOCTOR);
      ready();
      return call("POST", `${path}/leave/preview`, { from: "2031-01-01" });
    },
  },
  "GET /operations": { database: 1, redis: 1, account: "staff1", request: get("/operations") },
  "GET /operations/{id}": { database: 1, ...staffs("GET", async (slot, call) => [await operated(slot, call)]) },
  "GET /operations/{id}/items": {
    database: 1,
    ...staffs("GET", async (slot, call) => [`${await operated(slot, call)}/items`]),
  },
  // The operation and who calls, the calendar, and whom it displaced.
  "POST /operations/{id}/undo/preview": {
    database: 3,
    ...staffs("POST", async (slot, call) => [`${await operated(slot, call)}/undo/preview`, {}]),
  },
  // A change of one slot is nine turns; its operation, and twice whom that displaced, are three more. The answer is read.
  "POST /operations/{id}/undo": {
    database: 1,
    turns: 13,
    ...staffs("POST", async (slot, call) => {
      const path = await operated(slot, call);
      const { body } = await call("POST", `${path}/undo/preview`, {});
      return [`${path}/undo`, { previewToken: body.token }];
    }),
  },
  "GET /patients": { database: 1, redis: 1, account: "staff1", request: get("/patients?q=nimah%20bhriain") },
  "POST /patients": {
    database: 1,
    redis: 1,
    account: "staff1",
    request(call, _stack, ready) {
      ready();
      return call("POST", "/patients", SOMEBODY, { "Idempotency-Key": crypto.randomUUID() });
    },
  },
  "GET /patients/{id}": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path } = await open(call, "/patients", SOMEBODY);
      ready();
      return call("GET", path);
    },
  },
  "DELETE /patients/{id}/login": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path, headers } = await open(call, "/patients", SOMEBODY);
      ready();
      return call("DELETE", `${path}/login`, undefined, headers);
    },
  },
  "PATCH /patients/{id}": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path, headers } = await open(call, "/patients", SOMEBODY);
      ready();
      return call("PATCH", path, { name: "Round Again" }, headers);
    },
  },
  "GET /preferences": { database: 1, redis: 1, request: get("/preferences") },
  "PATCH /preferences": {
    database: 1,
    redis: 1,
    async request(call, _stack, ready) {
      const { body, headers } = await call("GET", "/preferences");
      ready();
      return call("PATCH", "/preferences", { reminders: !body.reminders }, { "If-Match": headers.get("ETag") ?? "" });
    },
  },
  "GET /audit": { database: 1, redis: 1, account: "staff1", request: get("/audit?action=hold") },
  "GET /appointments (staff)": { database: 1, redis: 1, account: "staff1", request: get("/appointments") },
  "GET /availability": { database: 1, redis: 1, request: get("/availability") },
  "GET /session": { database: 1, redis: 1, request: get("/session") },
  "GET /appointments": { database: 1, redis: 1, request: get("/appointments") },
  "GET /policy": { database: 1, redis: 1, account: "staff1", request: get("/policy") },
  "PATCH /policy": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { headers, body } = await call("GET", "/policy");
      ready();
      const changes = { changeBudget: body.changeBudget === 3 ? 4 : 3 };
      return call("PATCH", "/policy", changes, { "If-Match": headers.get("ETag") ?? "" });
    },
  },
  "GET /late-openings": { database: 1, redis: 1, account: "staff1", request: get("/late-openings") },
  "POST /appointments": {
    database: 1,
    redis: 1,
    async request(call, stack, ready) {
      const id = await hold(call, stack);
      ready();
      return call("POST", "/appointments", { holdId: id }, { "Idempotency-Key": crypto.randomUUID() });
    },
  },
  "GET /appointments/{id}": {
    database: 1,
    redis: 1,
    async request(call, _stack, ready) {
      const list = await call("GET", "/appointments");
      ready();
      return call("GET", `/appointments/${list.body.items[0].id}`);
    },
  },
  "POST /appointments/{id}/reschedule": {
    database: 1,
    redis: 1,
    async request(call, _stack, ready) {
      const { path, headers } = await book(call);
      const holdId = await holdFarAhead(call);
      ready();
      return call("POST", `${path}/reschedule`, { holdId }, headers);
    },
  },
  "POST /appointments/{id}/cancel": {
    database: 1,
    redis: 1,
    async request(call, _stack, ready) {
      const { path, headers } = await book(call);
      ready();
      return call("POST", `${path}/cancel`, { reason: { by: "patient", code: "better" } }, headers);
    },
  },
  "POST /appointments/{id}/accept": {
    database: 1,
    redis: 1,
    async request(call, stack, ready) {
      const { path, id, headers } = await book(call);
      await stack.sql("update appointments set status = 'moved' where id = $1", [id]);
      ready();
      return call("POST", `${path}/accept`, {}, headers);
    },
  },
  "POST /appointments/{id}/attendance": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, stack, ready) {
      const [row] = await stack.sql<{ id: string; version: number }>(
        "select id, version from appointments where status = 'no-show' order by id limit 1",
      );
      ready();
      return call(
        "POST",
        `/appointments/${row?.id}/attendance`,
        { status: "arrived" },
        { "If-Match": `"${row?.version}"` },
      );
    },
  },
  "POST /holds": {
    database: 1,
    redis: 1,
    async request(call, stack, ready) {
      const [slot] = await freeSlots(stack, 1);
      ready();
      return call("POST", "/holds", { slotId: slot?.id }, { "Idempotency-Key": crypto.randomUUID() });
    },
  },
  "POST /holds (first available)": {
    database: 1,
    redis: 1,
    request(call, _stack, ready) {
      ready();
      return call("POST", "/holds", {});
    },
  },
  "GET /holds/{id}": {
    database: 1,
    redis: 1,
    async request(call, stack, ready) {
      const id = await hold(call, stack);
      ready();
      return call("GET", `/holds/${id}`);
    },
  },
  "POST /holds/{id}/extend": {
    database: 1,
    redis: 1,
    async request(call, stack, ready) {
      const id = await hold(call, stack);
      ready();
      return call("POST", `/holds/${id}/extend`, {});
    },
  },
  "DELETE /holds/{id}": {
    database: 1,
    redis: 1,
    async request(call, stack, ready) {
      const id = await hold(call, stack);
      ready();
      return call("DELETE", `/holds/${id}`);
    },
  },
};

/** A task about some patient that is open. */
const someTask = async (stack: TestStack) => {
  await stack.sql("delete from tasks");
  const [task] = await stack.sql<{ id: string }>(
    "insert into tasks (kind, patient_id) select 'no-address', id from patients limit 1 returning id",
  );
  return task?.id;
};

Object.assign(BUDGETS, {
  "GET /tasks": { database: 1, redis: 1, account: "staff1", request: get("/tasks?status=open") },
  "POST /tasks/{id}/done": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, stack, ready) {
      const id = await someTask(stack);
      ready();
      return call("POST", `/tasks/${id}/done`, {}, { "If-Match": '"1"' });
    },
  },
  "GET /appointments/{id}/deliveries": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const list = await call("GET", "/appointments");
      ready();
      return call("GET", `/appointments/${list.body.items[0].id}/deliveries`);
    },
  },
  "POST /appointments/{id}/hand-over": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, stack, ready) {
      const { id, headers } = await book(await stack.as("patient3"));
      const { body } = await call("POST", "/patients", SOMEBODY);
      ready();
      return call("POST", `/appointments/${id}/hand-over`, { patientId: body.id }, headers);
    },
  },
  "POST /patients/{id}/mail/resume": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, _stack, ready) {
      const { path } = await open(call, "/patients", SOMEBODY);
      ready();
      return call("POST", `${path}/mail/resume`, {});
    },
  },
  "GET /calendar-feed": { database: 1, redis: 1, request: get("/calendar-feed") },
  "POST /calendar-feed": {
    database: 1,
    redis: 1,
    request(call, _stack, ready) {
      ready();
      return call("POST", "/calendar-feed", {}, { "Idempotency-Key": crypto.randomUUID() });
    },
  },
  "DELETE /calendar-feed": {
    database: 1,
    redis: 1,
    async request(call, _stack, ready) {
      await call("POST", "/calendar-feed", {});
      ready();
      return call("DELETE", "/calendar-feed");
    },
  },
  "GET /calendar/{file}": {
    database: 1,
    redis: 0,
    async request(call, stack, ready) {
      const { body } = await call("POST", "/calendar-feed", {});
      ready();
      return stack.nobody("GET", new URL(body.url).pathname.replace("/api/v1", ""));
    },
  },
  "GET /appointments/{id}/calendar.ics": {
    database: 1,
    redis: 1,
    async request(call, _stack, ready) {
      const { path } = await book(call);
      ready();
      return call("GET", `${path}/calendar.ics`);
    },
  },
  "GET /cases": { database: 1, redis: 1, account: "staff1", request: get("/cases") },
  "GET /holidays": { database: 1, redis: 1, account: "staff1", request: get("/holidays?year=2027") },
  "GET /doctors/{id}/schedule": {
    database: 1,
    ...staffs("GET", async ({ doctorId }) => [`/doctors/${doctorId}/schedule`]),
  },
  "GET /doctors/{id}/exceptions": {
    database: 1,
    ...staffs("GET", async ({ doctorId }) => [`/doctors/${doctorId}/exceptions`]),
  },
  "POST /doctors/{id}/schedule/preview": {
    database: 1,
    ...staffs("POST", async ({ doctorId }, call) => [
      `/doctors/${doctorId}/schedule/preview`,
      (await schedule(doctorId, call)).sessions,
    ]),
  },
  "PUT /doctors/{id}/schedule": {
    database: 0,
    turns: 6,
    ...staffs("PUT", async ({ doctorId }, call) => {
      const { sessions, headers } = await schedule(doctorId, call);
      // Saturday nights that will never come: the template is another one, and no slot changes.
      const never = { ...sessions[0], weekday: 6, from: "03:00", to: "04:00", slotMinutes: 60, validTo: null };
      const validFrom = `209${nights++ % 10}-01-01`;
      const validTo = `${validFrom.slice(0, 4)}-02-01`;
      return [`/doctors/${doctorId}/schedule`, [...sessions, { ...never, validFrom, validTo }], headers];
    }),
  },
  "POST /doctors/{id}/exceptions/preview": {
    database: 1,
    ...staffs("POST", async (slot) => [`/doctors/${slot.doctorId}/exceptions/preview`, absence(slot)]),
  },
  "POST /doctors/{id}/exceptions": {
    database: 0,
    turns: 9,
    ...staffs("POST", async (slot) => [`/doctors/${slot.doctorId}/exceptions`, absence(slot)]),
  },
  "POST /doctors/{id}/exceptions/{exceptionId}/preview": {
    database: 1,
    ...staffs("POST", async (slot, call) => {
      const made = await call("POST", `/doctors/${slot.doctorId}/exceptions`, absence(slot));
      return [`/doctors/${slot.doctorId}/exceptions/${made.body.id}/preview`, {}];
    }),
  },
  "DELETE /doctors/{id}/exceptions/{exceptionId}": {
    database: 0,
    turns: 9,
    ...staffs("DELETE", async (slot, call) => {
      const made = await call("POST", `/doctors/${slot.doctorId}/exceptions`, absence(slot));
      return [`/doctors/${slot.doctorId}/exceptions/${made.body.id}`];
    }),
  },
  "POST /slots/preview": { database: 1, ...staffs("POST", async (slot) => ["/slots/preview", nightSlot(slot)]) },
  "POST /slots": { database: 0, turns: 6, ...staffs("POST", async (slot) => ["/slots", nightSlot(slot)]) },
  "POST /slots/{id}/preview": {
    database: 1,
    ...staffs("POST", async ({ id }) => [`/slots/${id}/preview`, { status: "closed" }]),
  },
  // Who loses it, the free slots of the specialty, and what was shown, beside the calendar.
  "POST /slots/{id}/preview (of a booked slot)": {
    database: 4,
    redis: 1,
    account: "staff1",
    async request(call, stack, ready) {
      const [booked] = await stack.sql<{ slot_id: string }>(
        "select slot_id from appointments where status = 'booked' and starts_at > now() + interval '3 days' limit 1",
      );
      ready();
      return call("POST", `/slots/${booked?.slot_id}/preview`, { status: "closed" });
    },
  },
  "PATCH /slots/{id}": {
    database: 0,
    turns: 9,
    ...staffs("PATCH", async ({ id }) => [`/slots/${id}`, { status: "closed" }]),
  },
  "DELETE /slots/{id}": { database: 0, turns: 9, ...staffs("DELETE", async ({ id }) => [`/slots/${id}`]) },
  "POST /holidays/preview": { database: 1, ...staffs("POST", async () => ["/holidays/preview", holiday()]) },
  "POST /holidays": { database: 0, turns: 6, ...staffs("POST", async () => ["/holidays", holiday()]) },
  "POST /holidays/import/preview": {
    database: 1,
    ...staffs("POST", async () => ["/holidays/import/preview", { country: "IE", year: 2030 }]),
  },
  "POST /holidays/import": {
    database: 0,
    turns: 6,
    ...staffs("POST", async () => ["/holidays/import", { country: "IE", year: 2030 + (nights++ % 5) }]),
  },
  "POST /holidays/{id}/preview": {
    database: 2,
    ...staffs("POST", async (_, call) => {
      const made = await call("POST", "/holidays", holiday());
      return [`/holidays/${made.body.items[0].id}/preview`, {}];
    }),
  },
  "DELETE /holidays/{id}": {
    database: 1,
    turns: 6,
    ...staffs("DELETE", async (_, call) => {
      const made = await call("POST", "/holidays", holiday());
      return [`/holidays/${made.body.items[0].id}`];
    }),
  },
} satisfies Record<string, Budget>);

/** Somebody whose appointment waits to be placed, and a free slot for them: a late opening, if so wished. */
const queued = async (stack: TestStack, late = false) => {
  const [row] = await stack.sql<{ caseId: string; appointmentId: string; slotId: string }>(
    `with d as (insert into doctors (name, specialty) values ('Dr Queue', 'Queue ' || uuidv7()) returning id),
       p as (insert into patients (number, name, date_of_birth) values (uuidv7(), 'Queue Trip', '1980-01-01') returning id),
       x as (
         select d.id as doctor, p.id as patient, (select id from locations order by id limit 1) as location,
           date_trunc('minute', now()) + make_interval(hours => case when $1 then 5 else 99 end) as at from d, p),
       a as (
         insert into appointments (patient_id, doctor_id, location_id, starts_at, ends_at, status)
         select patient, doctor, location, at - interval '1 day', at - interval '23 hours 45 minutes', 'to-place' from x
         returning id),
       k as (insert into cases (appointment_id, reason, request_id, due_at) select id, 'holiday', 'x', now() from a returning id),
       s as (
         insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin, late_opening)
         select doctor, location, at, at + interval '15 minutes', at::date, 'staff', $1 from x returning id)
     select k.id as "caseId", a.id as "appointmentId", s.id as "slotId" from k, a, s`,
    [late],
  );
  if (!row) throw new Error("nobody is queued");
  return row;
};
const CHANGE = () => ({ "If-Match": '"1"', "Idempotency-Key": crypto.randomUUID() });
/** A request of staff's about one placement case. */
const aboutCase = (method: string, path: string, body?: (of: { slotId: string }) => object): Budget => ({
  database: 1,
  redis: 1,
  account: "staff1",
  async request(call, stack, ready) {
    const of = await queued(stack);
    ready();
    return call(method, `/cases/${of.caseId}${path}`, body?.(of), method === "POST" ? CHANGE() : {});
  },
});

Object.assign(BUDGETS, {
  "GET /cases/{id}": aboutCase("GET", ""),
  "POST /cases/{id}/claim": aboutCase("POST", "/claim", () => ({})),
  "DELETE /cases/{id}/claim": aboutCase("DELETE", "/claim"),
  "POST /cases/{id}/place": aboutCase("POST", "/place", ({ slotId }) => ({ slotId })),
  "POST /cases/{id}/contact-later": aboutCase("POST", "/contact-later", () => ({ at: "2199-01-01T00:00:00Z" })),
  "POST /cases/{id}/cancel": aboutCase("POST", "/cancel", () => ({ reason: { by: "clinic", code: "closed" } })),
  "POST /cases/place": {
    database: 0,
    turns: 8,
    redis: 1,
    account: "staff1",
    async request(call, stack, ready) {
      const { caseId } = await queued(stack);
      ready();
      return call("POST", "/cases/place", { ids: [caseId] }, { "Idempotency-Key": crypto.randomUUID() });
    },
  },
  "POST /late-openings/{slotId}/assign": {
    database: 1,
    redis: 1,
    account: "staff1",
    async request(call, stack, ready) {
      const { slotId, appointmentId } = await queued(stack, true);
      ready();
      return call("POST", `/late-openings/${slotId}/assign`, { appointmentId, agreed: true }, CHANGE());
    },
  },
} satisfies Record<string, Budget>);

/** What is not asked with a session, or not of the API's own. */
const ELSEWHERE = ["GET /health", "POST /session", "DELETE /session"];

describe("round trips", () => {
  const stack = useStack();
  // Nobody is told anything while others are counted.
  beforeAll(() => stack().sql("update policy set quiet_seconds = 3600, max_delay_seconds = 86400"));

  /** A caller with the session cookie, as the apps are. */
  async function signedIn(account: string): Promise<Api> {
    const bearer = await stack().as(account);
    const begun = await bearer("POST", "/session");
    const cookie = (begun.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    const headers = {
      Cookie: cookie,
      Origin: new URL(stack().urls.api).origin,
      "Sec-Fetch-Site": "same-origin",
      "X-Holdfast-Csrf": "1",
    };
    return (method, path, body, more) => stack().nobody(method, path, body, { ...headers, ...more });
  }

  test.each(Object.entries(BUDGETS))("%s stays within its budget, by cookie and by token", async (name, budget) => {
    for (const [how, redis] of [
      ["cookie", budget.redis],
      ["token", 0],
    ] as const) {
      const call =
        how === "cookie"
          ? await signedIn(budget.account ?? "patient2")
          : await stack().as(budget.account ?? "patient200");
      // The isolate's key set and the database's connections are there before anything is counted.
      await call("GET", "/session");
      let before = { database: 0, turns: 0, redis: 0 };
      const count = () => {
        const neon = stack().neon.stats();
        return { database: neon.httpRequests, turns: neon.wsTurns, redis: stack().redis.stats().requests };
      };
      const reply = await budget.request(call, stack(), () => {
        before = count();
      });
      const after = count();
      expect(reply.status).toBeLessThan(300);
      expect({ how, database: after.database - before.database, turns: after.turns - before.turns }).toEqual({
        how,
        database: budget.database,
        turns: budget.turns ?? 0,
      });
      expect(after.redis - before.redis).toBe(redis);
    }
  });

  test("logging in and out cost one database round trip and one Redis request at most", async () => {
    const bearer = await stack().as("patient1");
    await bearer("GET", "/session");
    const before = { neon: stack().neon.stats().httpRequests, redis: stack().redis.stats().requests };
    const begun = await bearer("POST", "/session");
    expect(begun.status).toBe(201);
    expect(stack().neon.stats().httpRequests - before.neon).toBe(1);
    expect(stack().redis.stats().requests - before.redis).toBe(1);
  });

  test("however often its health is asked for, the Worker asks others for it once in two seconds", async () => {
    const before = { neon: stack().neon.stats().httpRequests, redis: stack().redis.stats().requests };
    const isolate = await stack().startIsolate();
    for (let i = 0; i < 20; i++) expect((await fetch(`${isolate.url}/api/v1/health`)).status).toBe(200);
    expect(stack().neon.stats().httpRequests - before.neon).toBeLessThanOrEqual(2);
    expect(stack().redis.stats().requests - before.redis).toBeLessThanOrEqual(2);
  });

  test("every route of the API is in the table", async () => {
    const { body } = await stack().nobody("GET", "/openapi.json");
    const routes = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace("/api/v1", "")}`),
    );
    expect(routes.filter((route) => !(route in BUDGETS) && !ELSEWHERE.includes(route))).toEqual([]);
    expect(routes.length).toBeGreaterThan(10);
  });
});
