import { expect, test } from "vitest";
import { subjectOf } from "#dev/seed/accounts.ts";
import { RESOURCES } from "#src/app.ts";
import type { Route } from "#http/router.ts";
import { GOOD_REQUESTS, type Sent } from "#test/support/good-requests.ts";
import type { TestStack } from "#test/support/stack.ts";
import { signToken } from "#test/support/tokens.ts";
import type { Visit, Visits } from "./visit.ts";

type Role = "patient" | "doctor" | "staff";

/** One caller of the matrix: with a token for a subject in a role, with other headers, or without a login. */
interface Asker {
  name: string;
  /** The role that the database would accept; null: the clinic does not know the person. */
  role: Role | null;
  headers: Record<string, string>;
}

/** A cell of the matrix that is not as it must be. */
interface Surprise {
  route: string;
  asker: string;
  object: "own" | "other's" | "missing";
  expected: string;
  got: string;
}

const OWNER = "patient2";
const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-000000000000";
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Requests about the session itself and about health, which good-requests leaves out. */
const BESIDE: Record<string, Sent> = {
  "GET /health": ["/health"],
  "GET /health/ready": ["/health/ready"],
  "POST /session": ["/session"],
  "DELETE /session": ["/session"],
};

/** The operations of administrators among staff. */
const ADMINISTRATORS = [
  "PATCH /policy",
  "PATCH /clinic",
  "POST /locations",
  "PATCH /locations/{id}",
  "POST /staff",
  "PATCH /staff/{id}",
  "POST /patients/{id}/merge",
  "GET /patients/{id}/export",
  "POST /patients/{id}/erase",
  "POST /imports",
  "GET /imports/{id}",
  "POST /imports/{id}/undo",
  "GET /api-clients",
  "GET /api-clients/{id}",
  "POST /api-clients",
  "PATCH /api-clients/{id}",
  "POST /api-clients/{id}/rotate",
];

export const DECLARED = RESOURCES.flatMap(({ declared }) => declared);
export const keyOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

/** Every caller x every route x {own, other's, missing}, and what staff and doctors read is recorded. */
export function authorization(stack: () => TestStack, visits: Visits): void {
  test("Every route has a row in the matrix of who may do what", () => {
    const rows = new Set([
      ...Object.keys(BESIDE),
      ...Object.keys(GOOD_REQUESTS).map((row) => row.replace(/ \(.*/, "")),
    ]);
    expect(DECLARED.map(keyOf).filter((route) => !rows.has(route))).toEqual([]);
    expect([...rows].filter((row) => !DECLARED.some((route) => keyOf(route) === row))).toEqual([]);
  });

  test("No caller gets what is not theirs, and what is not theirs looks as if it were not there", async () => {
    const rowsOf = (route: Route) =>
      Object.keys(GOOD_REQUESTS).filter((row) => row.replace(/ \(.*/, "") === keyOf(route));
    const rows = DECLARED.flatMap((route) => rowsOf(route).map((row) => ({ route, row })));
    const all = async (tried: typeof rows): Promise<Surprise[]> => {
      const found: Surprise[] = [];
      for (const { route, row } of tried) found.push(...(await tryRow(stack(), visits, route, row)));
      return found;
    };
    // A patient has one hold at a time; the rows of patients and of staff do not disturb each other.
    const isPatients = ({ row }: { row: string }): boolean => GOOD_REQUESTS[row]?.account === "patient";
    const surprises = await Promise.all([
      all(rows.filter(isPatients)),
      all(rows.filter((row) => !isPatients(row))),
      ...DECLARED.filter((route) => rowsOf(route).length === 0).map((route) => tryBeside(stack(), visits, route)),
    ]);
    expect(surprises.flat()).toEqual([]);
  });

  test("No person's login, key or cookie opens a callback, and no callback runs by another method", async () => {
    const askers = [
      ...(await outsiders(stack())),
      await asker(stack(), "patient", subjectOf(OWNER), "patient"),
      await asker(stack(), "doctor", subjectOf("doctor1"), "doctor"),
      await asker(stack(), "administrator", subjectOf("staff1"), "staff"),
    ];
    const opened: object[] = [];
    for (const path of CALLBACKS) {
      for (const { name, headers } of askers) {
        const { status } = await visits.ask({ method: "POST", path, headers, body: {} });
        if (status !== 401) opened.push({ path, name, status });
      }
      for (const method of ["GET", "PUT", "DELETE"]) {
        const { status } = await visits.ask({ method, path });
        if (status !== 404) opened.push({ path, method, status });
      }
    }
    expect(opened).toEqual([]);
  });
}

/** What only the queue and the mail service may call, with their signatures. */
const CALLBACKS = [
  ...["notify", "extend-horizon", "failed", "reassign", "seal-audit", "nothing"].map((job) => `/jobs/${job}`),
  "/feedback/ses",
];

/** A repeated request has a key of its own for each caller and object. */
function newKey(headers: Record<string, string> = {}): Record<string, string> {
  return "Idempotency-Key" in headers ? { ...headers, "Idempotency-Key": crypto.randomUUID() } : headers;
}

async function asker(stack: TestStack, name: string, subject: string, role: Role, known = true): Promise<Asker> {
  const { token } = await signToken(stack, { claims: { sub: subject, [String(stack.env["ROLE_CLAIM"])]: role } });
  return { name, role: known ? role : null, headers: { Authorization: `Bearer ${token}` } };
}

/** Callers that no operation with a login lets in. There are no service accounts: a machine's token is a stranger's. */
async function outsiders(stack: TestStack): Promise<Asker[]> {
  const machine = async (sub: string, role: Role): Promise<Asker> => {
    const claims = { sub, gty: "client-credentials", [String(stack.env["ROLE_CLAIM"])]: role };
    const { token } = await signToken(stack, { claims });
    return { name: `service account, ${role}`, role: null, headers: { Authorization: `Bearer ${token}` } };
  };
  return [
    await machine("x7Qb2@clients", "staff"),
    // Not even one that bears a person's name.
    await machine(subjectOf("staff1"), "staff"),
    await machine(subjectOf("doctor1"), "doctor"),
    await machine(subjectOf(OWNER), "patient"),
    { name: "nobody", role: null, headers: {} },
    { name: "key only", role: null, headers: { "X-Api-Key": stack.apiKeys.staff } },
    { name: "callback", role: null, headers: { "Upstash-Signature": "eyJhbGciOiJIUzI1NiJ9.e30.x" } },
  ];
}

async function tryRow(stack: TestStack, visits: Visits, route: Route, row: string): Promise<Surprise[]> {
  const good = GOOD_REQUESTS[row]!;
  const account = good.account === "patient" ? OWNER : good.account;
  const owner = await stack.as(account);
  const about = async () => good.prepare(owner, stack);
  const [path, body, headers] = await about();
  const send = (who: Asker, to = path, what: unknown = body) =>
    visits.ask({
      method: route.method.toUpperCase(),
      path: `/api/v1${to}`,
      headers: { ...newKey(headers), ...who.headers },
      body: what,
    });
  const found: Surprise[] = [];
  const expects = (who: Asker, object: Surprise["object"], visit: Visit, ok: boolean, expected: string) => {
    if (ok) return;
    const got = `${visit.status} ${visit.text.slice(0, 120)}`;
    found.push({ route: row, asker: who.name, object, expected, got });
  };

  for (const who of await outsiders(stack)) {
    const visit = await send(who);
    if (route.roles) expects(who, "other's", visit, visit.status === 401, "401");
    else expects(who, "other's", visit, visit.status < 500 && visit.status !== 403, "an answer");
  }
  if (!route.roles) return found;
  const first = route.roles[0];
  const liars = [
    await asker(stack, "stranger", "auth0|nobody", first, false),
    await asker(stack, "patient as staff", subjectOf("patient3"), "staff", false),
    await asker(stack, "staff as patient", subjectOf("staff2"), "patient", false),
    await asker(stack, "patient as doctor", subjectOf("patient3"), "doctor", false),
  ];
  for (const who of liars) {
    const visit = await send(who);
    // A body may be refused before the database is asked who it is.
    expects(who, "other's", visit, [400, 403].includes(visit.status), "403");
  }
  const hasObject = path.match(ID) !== null;
  const theirs = { staff: "staff2", doctor: await otherDoctor(stack, path), patient: "patient3" } as const;
  for (const role of ["patient", "doctor", "staff"] as const) {
    const who = await asker(stack, `another ${role}`, subjectOf(theirs[role]), role);
    if (!route.roles.includes(role)) {
      const visit = await send(who);
      expects(who, "other's", visit, visit.status === 403, "403");
      continue;
    }
    if (role === "staff" && ADMINISTRATORS.includes(keyOf(route))) {
      const visit = await send(who);
      expects(who, "other's", visit, visit.status === 403, "403");
      continue;
    }
    if (!hasObject) continue;
    const missing = await send(who, path.replaceAll(ID, NO_SUCH_ID));
    expects(who, "missing", missing, missing.status === 404, "404");
    if (role === "staff") continue;
    const visit = await send(who);
    const isLikeMissing = visit.status === missing.status && anonymous(visit) === anonymous(missing);
    expects(
      who,
      "other's",
      visit,
      isLikeMissing,
      `as if it were missing: ${missing.status} ${missing.text.slice(0, 80)}`,
    );
  }

  const own = await send({ name: account, role: null, headers: await bearerOf(stack, account) });
  expects({ name: account, role: null, headers: {} }, "own", own, own.status < 300, "2xx");
  found.push(...(await tryReaders(stack, visits, route, row)));
  return found;
}

/**
 * Staff and the appointment's doctor may read it, each a person of their own. The audit trail names the patients they were
 * shown.
 */
async function tryReaders(stack: TestStack, visits: Visits, route: Route, row: string): Promise<Surprise[]> {
  const good = GOOD_REQUESTS[row]!;
  const found: Surprise[] = [];
  for (const role of ["staff", "doctor"] as const) {
    if (!route.roles?.includes(role) || (role === "staff" && ADMINISTRATORS.includes(keyOf(route)))) continue;
    const reads = route.method === "get" || route.path.endsWith("/preview");
    if (good.account !== "patient" && role === "staff" && !reads) continue;
    const owner = await stack.as(good.account === "patient" ? OWNER : good.account);
    const [path, body, headers] = await good.prepare(owner, stack);
    const subject = role === "staff" ? await newStaff(stack) : subjectOf(await doctorConcerned(stack, path));
    const who = await asker(stack, role, subject, role);
    const visit = await visits.ask({
      method: route.method.toUpperCase(),
      path: `/api/v1${path}`,
      headers: { ...headers, ...who.headers },
      body,
    });
    const isPersonal = ["/session", "/calendar-feed", "/preferences"].includes(route.path);
    if (!isPersonal && [401, 403, 404].includes(visit.status)) {
      found.push({
        route: row,
        asker: role,
        object: "own",
        expected: "allowed",
        got: `${visit.status} ${visit.text.slice(0, 120)}`,
      });
    }
    const unrecorded = visit.status < 300 ? await unrecordedIn(stack, visit, subject) : [];
    if (unrecorded.length > 0) {
      found.push({
        route: row,
        asker: role,
        object: "own",
        expected: "recorded",
        got: `not recorded: ${unrecorded.join()}`,
      });
    }
  }
  return found;
}

/** The patients that an answer shows, by id or name, and that the audit trail does not name for that request. */
async function unrecordedIn(stack: TestStack, { text, headers }: Visit, reader: string): Promise<string[]> {
  const rows = await stack.sql<{ id: string; name: string; recorded: boolean }>(
    `select p.id, p.name, exists (
       select from audit a where a.request_id = $1
         and (a.patient_id = p.id or (a.after -> 'patientIds') ? p.id::text)
         -- The same list of the same reader is recorded once in five minutes.
         or a.actor_id = (select id from people where subject = $3) and a.at > now() - interval '5 minutes'
         and (a.after -> 'patientIds') ? p.id::text) as recorded
     from patients p where position(p.id::text in $2) > 0
       or (position('"' || p.name || '"' in $2) > 0 and not exists (select from patients q where q.name = p.name and q.id <> p.id)
         and not exists (select from people w where w.name = p.name and w.id is distinct from p.person_id))`,
    [headers.get("X-Request-Id"), text, reader],
  );
  return rows.filter(({ recorded }) => !recorded).map(({ id }) => id);
}

async function tryBeside(stack: TestStack, visits: Visits, route: Route): Promise<Surprise[]> {
  const [path] = BESIDE[keyOf(route)]!;
  const found: Surprise[] = [];
  for (const who of await outsiders(stack)) {
    const visit = await visits.ask({
      method: route.method.toUpperCase(),
      path: `/api/v1${path}`,
      headers: who.headers,
    });
    const ok = route.roles ? visit.status === 401 : visit.status === 200;
    if (!ok)
      found.push({ route: keyOf(route), asker: who.name, object: "own", expected: "401", got: String(visit.status) });
  }
  return found;
}

/** An answer without what is another one in each answer. */
function anonymous({ text }: Visit): string {
  return text.replaceAll(/"requestId":"[^"]*"/g, "").replaceAll(ID, "<id>");
}

async function bearerOf(stack: TestStack, account: string): Promise<Record<string, string>> {
  const role = account.startsWith("staff") ? "staff" : "patient";
  return (await asker(stack, account, subjectOf(account), role)).headers;
}

async function newStaff(stack: TestStack): Promise<string> {
  const subject = `auth0|matrix-${crypto.randomUUID()}`;
  await stack.sql("insert into people (subject, role, name) values ($1, 'staff', 'Matrix')", [subject]);
  return subject;
}

/** The account of the doctor that a path concerns: by their id, or by an appointment with them. */
async function doctorConcerned(stack: TestStack, path: string): Promise<string> {
  const ids = path.match(ID) ?? [];
  const [row] = await stack.sql<{ subject: string }>(
    `select p.subject from doctors d join people p on p.id = d.person_id
     where d.id = any($1::uuid[]) or d.id in (select doctor_id from appointments where id = any($1::uuid[])) limit 1`,
    [ids],
  );
  return row?.subject.replace("auth0|", "") ?? "doctor1";
}

async function otherDoctor(stack: TestStack, path: string): Promise<string> {
  return (await doctorConcerned(stack, path)) === "doctor2" ? "doctor3" : "doctor2";
}
