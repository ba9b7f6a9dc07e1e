import pg from "pg";
import { afterAll, beforeAll, expect } from "vitest";
import { PROBLEMS, type ProblemCode } from "#contract/problem.ts";
import { login } from "#dev/login.ts";
import { BATCH, type Entry, RULES, type Version, type Who, provesTheRules } from "#test/support/change-rules.ts";
import { type Person, setPolicy } from "#test/support/small-clinic.ts";
import { type Api, type Reply, apiAt, useStack } from "#test/support/stack.ts";

const stack = useStack();
const callers = new Map<string, Api>();
const subjects = Array.from({ length: BATCH }, (_, n) => `rules|${n}`);
let admin: pg.Pool;
let locationId = "";
let staff: Person;

beforeAll(async () => {
  const { urls, auth } = stack();
  admin = new pg.Pool({ connectionString: urls.postgres, max: 2 });
  await setPolicy(admin, RULES);
  const [location] = (await admin.query<{ id: string }>("select id from locations order by id limit 1")).rows;
  locationId = location?.id ?? "";
  const [person] = (
    await admin.query<{ id: string; subject: string }>("select id, subject from people where subject = 'auth0|staff1'")
  ).rows;
  if (!person) throw new Error("the seed has no staff");
  staff = {
    id: person.id,
    personId: person.id,
    caller: { subject: person.subject, role: "staff", sessionVersion: null },
  };
  callers.set(person.subject, await stack().as("staff1"));
  for (const subject of subjects) {
    const account = { subject, role: "patient", name: "Patient", email: `${subject.slice(6)}@rules.example` } as const;
    const { accessToken } = await login({ issuer: urls.issuer, ...auth, account });
    callers.set(subject, apiAt(urls.api, accessToken));
  }
});
afterAll(() => admin.end());

const overrideOf = ({ door }: Who) =>
  door === "override" ? { override: { reason: "The patient's sister is ill" } } : {};

async function post({ person }: Who, path: string, body?: object, version?: number): Promise<Reply> {
  const call = callers.get(person.caller.subject);
  if (!call) throw new Error(`nobody can be ${person.caller.subject}`);
  return call("POST", path, body, version === undefined ? {} : { "If-Match": `"${version}"` });
}

function verdictOf({ status, headers, body }: Reply): string {
  if (status < 300) return "done";
  expect({ type: headers.get("Content-Type"), status }).toEqual({
    type: "application/problem+json",
    status: PROBLEMS[body.code as ProblemCode].status,
  });
  return body.code;
}

const change = async (who: Who, { appointmentId, version, patientId }: Version, verb: string, body: object) =>
  verdictOf(
    await post(
      who,
      `/appointments/${appointmentId}/${verb}`,
      { ...body, ...(patientId ? { patientId } : {}) },
      version,
    ),
  );

const routes: Entry = {
  reschedule: (who, subject, holdId) => change(who, subject, "reschedule", { holdId, ...overrideOf(who) }),
  cancel: (who, subject, by) => change(who, subject, "cancel", { reason: { by, code: "other" }, ...overrideOf(who) }),
  accept: (who, subject) => change(who, subject, "accept", {}),
  extend: async (who, holdId) => verdictOf(await post(who, `/holds/${holdId}/extend`)),
  async hold(who, slotId, patientId) {
    const reply = await post(who, "/holds", { slotId, patientId, ...overrideOf(who) });
    const verdict = verdictOf(reply);
    return { verdict: verdict === "slot-taken" ? "taken" : verdict, id: reply.body.id ?? null };
  },
  async confirm(who, holdId, patientId) {
    const reply = await post(who, "/appointments", { holdId, ...(patientId ? { patientId } : {}), ...overrideOf(who) });
    const verdict = verdictOf(reply);
    const refused = ["hold-expired", "overlaps-own-appointment"].includes(verdict);
    return { verdict: refused ? "refused" : verdict, id: reply.body.id ?? null };
  },
};

/** The verbs are held to the whole table every time (test/db/change-rules.test.ts); `npm run soak -- rules` does it here. */
const every = Number(process.env["RULES_EVERY"] ?? 5);

provesTheRules(async () => ({ admin, locationId, staff, entry: routes, subjects, every }));
