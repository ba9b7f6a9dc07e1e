import { type Api, type TestStack, freeSlots } from "./stack.ts";

/** A request to send: a path, a body, headers. */
export type Sent = [path: string, body?: unknown, headers?: Record<string, string>];

/** Prepares the rows that a request needs, and returns what to send. */
type Prepare<About extends unknown[] = [call: Api, stack: TestStack]> = (...about: About) => Sent | Promise<Sent>;

interface Cost {
  /** Database round trips. */
  database: number;
  /** Round trips of a transaction over the WebSocket: statements that wait for an answer. None for a single statement. */
  turns: number;
}

export interface GoodRequest extends Cost {
  account: "patient" | "staff1";
  prepare: Prepare;
}

/** The round trips of almost every request. */
const USUAL: Cost = { database: 1, turns: 0 };
const patients = (prepare: Prepare, cost: Partial<Cost> = {}): GoodRequest => ({
  ...USUAL,
  ...cost,
  account: "patient",
  prepare,
});
const staffs = (prepare: Prepare, cost: Partial<Cost> = {}): GoodRequest => ({
  ...USUAL,
  ...cost,
  account: "staff1",
  prepare,
});
/** A request of staff's about some free slot. */
const aboutSlot = (prepare: Prepare<[slot: Awaited<ReturnType<typeof someSlot>>, call: Api]>, cost?: Partial<Cost>) =>
  staffs(async (call, stack) => prepare(await someSlot(stack), call), cost);

const KEY = () => ({ "Idempotency-Key": crypto.randomUUID() });
const ifMatch = (headers: Headers) => ({ "If-Match": headers.get("ETag") ?? "" });

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
  return { path: `/appointments/${body.id}`, id: body.id as string, headers: { ...ifMatch(headers), ...KEY() } };
};
/** A part of an import with one doctor of its own. */
const anImport = () => ({
  name: crypto.randomUUID(),
  source: crypto.randomUUID(),
  dryRun: false,
  kind: "doctors",
  format: "jsonl",
  firstRow: 1,
  content: '{"id":"d-1","name":"Round Import","specialty":"Hand surgery"}',
});
/** A record of a patient or doctor that no other request changes, and what a change of it must send. */
const open = async (call: Api, path: string, body: object) => {
  const made = await call("POST", path, body);
  return { path: `${path}/${made.body.id}`, headers: ifMatch(made.headers) };
};
const anApp = (call: Api) => open(call, "/api-clients", { name: crypto.randomUUID() });
const colleague = (call: Api) => open(call, "/staff", { name: "Round Trip", subject: `auth0|${crypto.randomUUID()}` });
const place = () => ({ ...PLACE, name: crypto.randomUUID() });
const PLACE = { address: "1 Trip Street", timeZone: "Europe/Dublin", country: "IE" };
const SOMEBODY = { name: "Round Trip", dateOfBirth: "1980-01-01" };
const DOCTOR = { name: "Dr Trip", specialty: "Travel" };

/** A free slot far ahead, whose change affects no patient. */
const someSlot = async (stack: TestStack) => {
  const [slot] = await stack.sql<{ id: string; doctorId: string; locationId: string; date: string }>(
    `select id, doctor_id as "doctorId", location_id as "locationId", clinic_date::text as date
     from slots where status = 'open' and appointment_id is null and hold_id is null and by_hand is null
       and starts_at > now() + interval '60 days' order by starts_at, id limit 1`,
  );
  if (!slot) throw new Error("there is no free slot");
  return slot;
};
/** From 03:00 UTC on the first Sunday that is at least five days ahead: no doctor has a session. */
const atNight = (minutes: number) => {
  const soonest = Math.ceil(Date.now() / 86_400_000) + 5;
  // Day 0 of the epoch was a Thursday.
  const sunday = soonest + ((10 - (soonest % 7)) % 7);
  return new Date(sunday * 86_400_000 + (180 + minutes) * 60_000);
};
const absence = ({ date }: { date: string }) => ({ kind: "absence", fromDate: date, toDate: date });
let nights = 0;
const nightSlot = ({ doctorId, locationId }: { doctorId: string; locationId: string }) => {
  const minutes = 20 * nights++;
  const times = { startsAt: atNight(minutes).toISOString(), endsAt: atNight(minutes + 15).toISOString() };
  return { doctorId, locationId, ...times };
};
const schedule = async (doctorId: string, call: Api) => {
  const { body, headers } = await call("GET", `/doctors/${doctorId}/schedule`);
  return { sessions: body as object[], headers: ifMatch(headers) };
};
/** The path of an operation that has added a slot at night. */
const operated = async (slot: Awaited<ReturnType<typeof someSlot>>, call: Api): Promise<string> => {
  const link = (await call("POST", "/slots", nightSlot(slot))).headers.get("Link") ?? "";
  return /operations\/[0-9a-f-]+/.exec(link)?.[0].replace(/^/, "/") ?? link;
};
const holiday = () => ({ date: `2031-05-${String(++nights % 28 || 28).padStart(2, "0")}`, name: "Round Trip Day" });

/** A task about some patient that is open. */
const someTask = async (stack: TestStack) => {
  await stack.sql("delete from tasks");
  const [task] = await stack.sql<{ id: string }>(
    "insert into tasks (kind, patient_id) select 'no-address', id from patients limit 1 returning id",
  );
  return task?.id;
};

const failedJob = async (stack: TestStack) => {
  await stack.sql("delete from tasks");
  const [task] = await stack.sql<{ id: string }>(
    `insert into tasks (kind, detail) values ('job-failed', '{"job": "seal-audit", "count": 1, "letters": []}') returning id`,
  );
  return task?.id;
};

/** A patient whose appointment waits to be placed, and a free slot, which can be a late opening. */
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
  if (!row) throw new Error("the queue is empty");
  return row;
};
const CHANGE = () => ({ "If-Match": '"1"', ...KEY() });
/** A request of staff's about one placement case. */
const aboutCase = (path: string, body?: (of: { slotId: string }) => object) =>
  staffs(async (_, stack) => {
    const of = await queued(stack);
    return [`/cases/${of.caseId}${path}`, ...(body ? [body(of), CHANGE()] : [])] as Sent;
  });

/** A good request of every route of the API, its caller, and its budget. Each call of `prepare` makes another. */
export const GOOD_REQUESTS: Record<string, GoodRequest> = {
  "GET /config": patients(() => ["/config"]),
  "GET /doctors": patients(() => ["/doctors"]),
  "GET /doctors (all, for staff)": staffs(() => ["/doctors?status=all"]),
  "POST /doctors": staffs(() => ["/doctors", DOCTOR, KEY()]),
  "GET /doctors/{id}": staffs(async (call) => {
    const { path } = await open(call, "/doctors", DOCTOR);
    return [path];
  }),
  "PATCH /doctors/{id}": staffs(async (call) => {
    const { path, headers } = await open(call, "/doctors", DOCTOR);
    return [path, { active: false }, headers];
  }),
  "POST /doctors/{id}/login": staffs(async (call) => {
    const { path, headers } = await open(call, "/doctors", DOCTOR);
    return [`${path}/login`, { subject: `auth0|${crypto.randomUUID()}` }, headers];
  }),
  "DELETE /doctors/{id}/login": staffs(async (call) => {
    const { path, headers } = await open(call, "/doctors", DOCTOR);
    return [`${path}/login`, undefined, headers];
  }),
  "POST /doctors/{id}/leave": staffs(
    async (call) => {
      const { path } = await open(call, "/doctors", DOCTOR);
      return [`${path}/leave`, { from: "2031-01-01" }];
    },
    { database: 0, turns: 5 },
  ),
  "POST /doctors/{id}/leave/preview": staffs(async (call) => {
    const { path } = await open(call, "/doctors", DOCTOR);
    return [`${path}/leave/preview`, { from: "2031-01-01" }];
  }),
  "GET /operations": staffs(() => ["/operations"]),
  "GET /operations/{id}": aboutSlot(async (slot, call) => [await operated(slot, call)]),
  "GET /operations/{id}/items": aboutSlot(async (slot, call) => [`${await operated(slot, call)}/items`]),
  // The operation and its caller, the calendar, and the displaced patients.
  "POST /operations/{id}/undo/preview": aboutSlot(
    async (slot, call) => [`${await operated(slot, call)}/undo/preview`, {}],
    { database: 3 },
  ),
  // A change of one slot is seven turns. Locking its operation, reading twice what that displaced, and marking it are four more.
  // The answer is read.
  "POST /operations/{id}/undo": aboutSlot(
    async (slot, call) => {
      const path = await operated(slot, call);
      const { body } = await call("POST", `${path}/undo/preview`, {});
      return [`${path}/undo`, { previewToken: body.token }];
    },
    { turns: 11 },
  ),
  "GET /api-clients": staffs(() => ["/api-clients"]),
  "GET /api-clients/{id}": staffs(async (call) => [(await anApp(call)).path]),
  "POST /api-clients": staffs(() => ["/api-clients", { name: crypto.randomUUID() }, KEY()]),
  "PATCH /api-clients/{id}": staffs(async (call) => {
    const { path, headers } = await anApp(call);
    return [path, { tier: "low" }, headers];
  }),
  "POST /api-clients/{id}/rotate": staffs(async (call) => {
    const { path, headers } = await anApp(call);
    return [`${path}/rotate`, {}, headers];
  }),
  "GET /staff": staffs(() => ["/staff"]),
  "GET /staff/{id}": staffs(async (call) => [(await colleague(call)).path]),
  "POST /staff": staffs(() => ["/staff", { name: "Round Trip", subject: `auth0|${crypto.randomUUID()}` }, KEY()]),
  "PATCH /staff/{id}": staffs(async (call) => {
    const { path, headers } = await colleague(call);
    return [path, { active: false }, headers];
  }),
  "GET /patients": staffs(() => ["/patients?q=nimah%20bhriain"]),
  "POST /patients": staffs(() => ["/patients", SOMEBODY, KEY()]),
  "GET /patients/{id}": staffs(async (call) => {
    const { path } = await open(call, "/patients", SOMEBODY);
    return [path];
  }),
  "DELETE /patients/{id}/login": staffs(async (call) => {
    const { path, headers } = await open(call, "/patients", SOMEBODY);
    return [`${path}/login`, undefined, headers];
  }),
  "POST /patients/{id}/merge": staffs(async (call) => {
    const { path, headers } = await open(call, "/patients", SOMEBODY);
    const stays = await call("POST", "/patients", SOMEBODY);
    return [`${path}/merge`, { into: stays.body.id }, { ...headers, ...CHANGE() }];
  }),
  "GET /patients/{id}/export": staffs(async (call) => {
    const { path } = await open(call, "/patients", SOMEBODY);
    return [`${path}/export`];
  }),
  "POST /patients/{id}/erase": staffs(async (call) => {
    const { path, headers } = await open(call, "/patients", SOMEBODY);
    const off = await call("PATCH", path, { active: false }, headers);
    return [`${path}/erase`, {}, { ...ifMatch(off.headers), ...KEY() }];
  }),
  "PATCH /patients/{id}": staffs(async (call) => {
    const { path, headers } = await open(call, "/patients", SOMEBODY);
    return [path, { name: "Round Again" }, headers];
  }),
  "POST /imports": staffs(() => ["/imports", anImport(), KEY()]),
  "GET /imports/{id}": staffs(async (call) => {
    const { body } = await call("POST", "/imports", anImport());
    return [`/imports/${body.import.id}`];
  }),
  "POST /imports/{id}/undo": staffs(async (call) => {
    const { body } = await call("POST", "/imports", anImport());
    return [`/imports/${body.import.id}/undo`, {}, KEY()];
  }),
  "GET /preferences": patients(() => ["/preferences"]),
  "PATCH /preferences": patients(async (call) => {
    const { body, headers } = await call("GET", "/preferences");
    return ["/preferences", { reminders: !body.reminders }, ifMatch(headers)];
  }),
  "GET /audit": staffs(() => ["/audit?action=hold"]),
  "GET /appointments (staff)": staffs(() => ["/appointments"]),
  "GET /availability": patients(() => ["/availability"]),
  "GET /availability/days": patients(() => ["/availability/days"]),
  "GET /board": staffs(() => {
    const today = new Date().toISOString().slice(0, 10);
    return [`/board?from=${today}&to=${today}`];
  }),
  "GET /openings": patients(() => ["/openings"]),
  "GET /openings (staff, for a patient)": staffs(async (call) => {
    const { body } = await call("POST", "/patients", SOMEBODY);
    return [`/openings?patientId=${body.id}`];
  }),
  "GET /today": staffs(() => ["/today"]),
  "GET /session": patients(() => ["/session"]),
  "GET /appointments": patients(() => ["/appointments"]),
  "GET /policy": staffs(() => ["/policy"]),
  "PATCH /policy": staffs(async (call) => {
    const { headers, body } = await call("GET", "/policy");
    const changes = { changeBudget: body.changeBudget === 3 ? 4 : 3 };
    return ["/policy", changes, ifMatch(headers)];
  }),
  "GET /clinic": staffs(() => ["/clinic"]),
  "PATCH /clinic": staffs(async (call) => {
    const { headers, body } = await call("GET", "/clinic");
    const phone = body.phone === "+353 1 555 0100" ? "+353 1 555 0101" : "+353 1 555 0100";
    return ["/clinic", { phone }, ifMatch(headers)];
  }),
  "GET /locations": staffs(() => ["/locations"]),
  "GET /locations/{id}": staffs(async (call) => [(await open(call, "/locations", place())).path]),
  "POST /locations": staffs(() => ["/locations", place(), KEY()]),
  "PATCH /locations/{id}": staffs(async (call) => {
    const { path, headers } = await open(call, "/locations", place());
    return [path, { address: "2 Trip Street" }, headers];
  }),
  "GET /late-openings": staffs(() => ["/late-openings"]),
  "POST /appointments": patients(async (call, stack) => {
    const id = await hold(call, stack);
    return ["/appointments", { holdId: id }, KEY()];
  }),
  "GET /appointments/{id}": patients(async (call) => {
    const list = await call("GET", "/appointments");
    return [`/appointments/${list.body.items[0].id}`];
  }),
  "POST /appointments/{id}/reschedule": patients(async (call) => {
    const { path, headers } = await book(call);
    const holdId = await holdFarAhead(call);
    return [`${path}/reschedule`, { holdId }, headers];
  }),
  "POST /appointments/{id}/cancel": patients(async (call) => {
    const { path, headers } = await book(call);
    return [`${path}/cancel`, { reason: { by: "patient", code: "better" } }, headers];
  }),
  "POST /appointments/{id}/accept": patients(async (call, stack) => {
    const { path, id, headers } = await book(call);
    await stack.sql("update appointments set status = 'moved' where id = $1", [id]);
    return [`${path}/accept`, {}, headers];
  }),
  "POST /appointments/{id}/attendance": staffs(async (_, stack) => {
    const [row] = await stack.sql<{ id: string; version: number }>(
      "select id, version from appointments where status = 'no-show' order by id limit 1",
    );
    return [`/appointments/${row?.id}/attendance`, { status: "arrived" }, { "If-Match": `"${row?.version}"` }];
  }),
  "POST /holds": patients(async (_, stack) => {
    const [slot] = await freeSlots(stack, 1);
    return ["/holds", { slotId: slot?.id }, KEY()];
  }),
  "POST /holds (first available)": patients(() => ["/holds", {}]),
  "GET /holds/{id}": patients(async (call, stack) => {
    const id = await hold(call, stack);
    return [`/holds/${id}`];
  }),
  "POST /holds/{id}/extend": patients(async (call, stack) => {
    const id = await hold(call, stack);
    return [`/holds/${id}/extend`, {}];
  }),
  "DELETE /holds/{id}": patients(async (call, stack) => {
    const id = await hold(call, stack);
    return [`/holds/${id}`];
  }),
  "GET /tasks": staffs(() => ["/tasks?status=open"]),
  "POST /tasks/{id}/done": staffs(async (_, stack) => {
    const id = await someTask(stack);
    return [`/tasks/${id}/done`, {}, { "If-Match": '"1"' }];
  }),
  "POST /tasks/{id}/run-again": staffs(async (_, stack) => {
    const id = await failedJob(stack);
    return [`/tasks/${id}/run-again`, {}, { "If-Match": '"1"' }];
  }),
  "GET /appointments/{id}/deliveries": staffs(async (call) => {
    const list = await call("GET", "/appointments");
    return [`/appointments/${list.body.items[0].id}/deliveries`];
  }),
  "POST /appointments/{id}/transfer": staffs(async (call, stack) => {
    const { id, headers } = await book(await stack.as("patient153"));
    const { body } = await call("POST", "/patients", SOMEBODY);
    return [`/appointments/${id}/transfer`, { patientId: body.id }, headers];
  }),
  "POST /patients/{id}/mail/resume": staffs(async (call) => {
    const { path } = await open(call, "/patients", SOMEBODY);
    return [`${path}/mail/resume`, {}];
  }),
  "GET /calendar-feed": patients(() => ["/calendar-feed"]),
  "POST /calendar-feed": patients(() => ["/calendar-feed", {}, KEY()]),
  "DELETE /calendar-feed": patients(async (call) => {
    await call("POST", "/calendar-feed", {});
    return ["/calendar-feed"];
  }),
  "GET /calendar/{file}": patients(async (call) => {
    const { body } = await call("POST", "/calendar-feed", {});
    return [new URL(body.url).pathname.replace("/api/v1", "")];
  }),
  "GET /appointments/{id}/calendar.ics": patients(async (call) => {
    const { path } = await book(call);
    return [`${path}/calendar.ics`];
  }),
  "GET /cases": staffs(() => ["/cases"]),
  "GET /holidays": staffs(() => ["/holidays?year=2027"]),
  "GET /doctors/{id}/schedule": aboutSlot(async ({ doctorId }) => [`/doctors/${doctorId}/schedule`]),
  "GET /doctors/{id}/exceptions": aboutSlot(async ({ doctorId }) => [`/doctors/${doctorId}/exceptions`]),
  "POST /doctors/{id}/schedule/preview": aboutSlot(async ({ doctorId }, call) => [
    `/doctors/${doctorId}/schedule/preview`,
    (await schedule(doctorId, call)).sessions,
  ]),
  "PUT /doctors/{id}/schedule": aboutSlot(
    async ({ doctorId }, call) => {
      const { sessions, headers } = await schedule(doctorId, call);
      // Saturday nights that will never come: the template is another one, and no slot changes.
      const never = { ...sessions[0], weekday: 6, from: "03:00", to: "04:00", slotMinutes: 60, validTo: null };
      const validFrom = `209${nights++ % 10}-01-01`;
      const validTo = `${validFrom.slice(0, 4)}-02-01`;
      return [`/doctors/${doctorId}/schedule`, [...sessions, { ...never, validFrom, validTo }], headers];
    },
    { database: 0, turns: 5 },
  ),
  "POST /doctors/{id}/exceptions/preview": aboutSlot(async (slot) => [
    `/doctors/${slot.doctorId}/exceptions/preview`,
    absence(slot),
  ]),
  "POST /doctors/{id}/exceptions": aboutSlot(async (slot) => [`/doctors/${slot.doctorId}/exceptions`, absence(slot)], {
    database: 0,
    turns: 7,
  }),
  "POST /doctors/{id}/exceptions/{exceptionId}/preview": aboutSlot(async (slot, call) => {
    const made = await call("POST", `/doctors/${slot.doctorId}/exceptions`, absence(slot));
    return [`/doctors/${slot.doctorId}/exceptions/${made.body.id}/preview`, {}];
  }),
  "DELETE /doctors/{id}/exceptions/{exceptionId}": aboutSlot(
    async (slot, call) => {
      const made = await call("POST", `/doctors/${slot.doctorId}/exceptions`, absence(slot));
      return [`/doctors/${slot.doctorId}/exceptions/${made.body.id}`];
    },
    { database: 0, turns: 7 },
  ),
  "POST /slots/preview": aboutSlot(async (slot) => ["/slots/preview", nightSlot(slot)]),
  "POST /slots": aboutSlot(async (slot) => ["/slots", nightSlot(slot)], { database: 0, turns: 5 }),
  "POST /slots/{id}/preview": aboutSlot(async ({ id }) => [`/slots/${id}/preview`, { status: "closed" }]),
  // Beside the calendar: the patients who lose it, the specialty's free slots, and the record of the patients shown.
  "POST /slots/{id}/preview (of a booked slot)": staffs(
    async (_, stack) => {
      const [booked] = await stack.sql<{ slot_id: string }>(
        "select slot_id from appointments where status = 'booked' and starts_at > now() + interval '3 days' limit 1",
      );
      return [`/slots/${booked?.slot_id}/preview`, { status: "closed" }];
    },
    { database: 4 },
  ),
  "PATCH /slots/{id}": aboutSlot(async ({ id }) => [`/slots/${id}`, { status: "closed" }], { database: 0, turns: 7 }),
  "DELETE /slots/{id}": aboutSlot(async ({ id }) => [`/slots/${id}`], { database: 0, turns: 7 }),
  "POST /holidays/preview": staffs(() => ["/holidays/preview", holiday()]),
  "POST /holidays": staffs(() => ["/holidays", holiday()], { database: 0, turns: 5 }),
  "POST /holidays/import/preview": staffs(() => ["/holidays/import/preview", { country: "IE", year: 2030 }]),
  "POST /holidays/import": staffs(() => ["/holidays/import", { country: "IE", year: 2030 + (nights++ % 5) }], {
    database: 0,
    turns: 5,
  }),
  "POST /holidays/{id}/preview": staffs(
    async (call) => {
      const made = await call("POST", "/holidays", holiday());
      return [`/holidays/${made.body.items[0].id}/preview`, {}];
    },
    { database: 2 },
  ),
  "DELETE /holidays/{id}": staffs(
    async (call) => {
      const made = await call("POST", "/holidays", holiday());
      return [`/holidays/${made.body.items[0].id}`];
    },
    { turns: 5 },
  ),
  "GET /cases/{id}": aboutCase(""),
  "POST /cases/{id}/claim": aboutCase("/claim", () => ({})),
  "DELETE /cases/{id}/claim": aboutCase("/claim"),
  "POST /cases/{id}/place": aboutCase("/place", ({ slotId }) => ({ slotId })),
  "POST /cases/{id}/contact-later": aboutCase("/contact-later", () => ({
    at: new Date(Date.now() + 86_400_000).toISOString(),
  })),
  "POST /cases/{id}/cancel": aboutCase("/cancel", () => ({ reason: { by: "clinic", code: "closed" } })),
  "POST /cases/place": staffs(
    async (_, stack) => {
      const { caseId } = await queued(stack);
      return ["/cases/place", { ids: [caseId] }, KEY()];
    },
    { database: 0, turns: 7 },
  ),
  "POST /late-openings/{slotId}/assign": staffs(async (_, stack) => {
    const { slotId, appointmentId } = await queued(stack, true);
    return [`/late-openings/${slotId}/assign`, { appointmentId, agreed: true }, CHANGE()];
  }),
};
