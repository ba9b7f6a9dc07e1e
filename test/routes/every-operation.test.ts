import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { TOKEN } from "#contract/requests/schedule.ts";
import { readFunctions } from "#dev/functions.ts";
import { openApi } from "#dev/openapi/document.ts";
import type { Route } from "#http/router.ts";
import { RESOURCES } from "#src/app.ts";
import { apiAt, freeSlots, useStack } from "../support/stack.ts";

/** The account that each role is asked as. */
const ACCOUNTS = { patient: "patient180", doctor: "doctor1", staff: "staff1" } as const;
const ROLES = ["patient", "doctor", "staff"] as const;

/** A patient whose login is switched off here, and one whose record is. */
const SWITCHED_OFF = "patient181";
const WITHOUT_RECORD = "patient182";
/** A doctor's login that loses its doctor here. */
const WITHOUT_DOCTOR = "doctor11";

/** Operations that do something else when they are asked for like this. */
const QUERIES: Record<string, string> = { endSession: "all=true", listDoctors: "status=all" };

/** Those that refuse to anyone what they do for staff. */
const ASKED_BY_STAFF = ["listDoctors"];

/** The id that the document gives as an example. Nothing has it. */
const EXAMPLE_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

interface Body {
  content: Record<string, { example?: unknown }>;
}

/** One operation of the document, as it can be asked for. */
interface Asked {
  id: string;
  route: Route;
  /** With examples for its parameters: what they name is not there. */
  path: string;
  body: unknown;
  statuses: string[];
  /** Names of the headers that it takes. */
  takes: string[];
  /** Names of its query's parameters. */
  queries: string[];
}

interface Parameter {
  $ref?: string;
  in?: string;
  name?: string;
  required?: boolean;
  example?: unknown;
}

const ROUTES = RESOURCES.flatMap(({ declared }): Route[] => declared);
const DOCUMENT = openApi(ROUTES);

/** Every operation of the API, in the order of its document. */
const OPERATIONS: Asked[] = ROUTES.map((route) => {
  const operation = DOCUMENT.paths[route.path]![route.method]!;
  const parameters = (operation.parameters ?? []) as Parameter[];
  const path = parameters
    .filter((parameter) => parameter.in === "path")
    .reduce((whole, { name, example }) => whole.replace(`{${name}}`, String(example)), route.path);
  const required = parameters.flatMap((one) =>
    one.in === "query" && one.required ? `${one.name}=${encodeURIComponent(String(one.example))}` : [],
  );
  const query = QUERIES[operation.operationId] ?? required.join("&");
  const body = (operation.requestBody as Body | undefined)?.content["application/json"]?.example;
  return {
    id: operation.operationId,
    route,
    path: query === "" ? path : `${path}?${query}`,
    body: body ?? (route.method === "get" || route.method === "delete" ? undefined : {}),
    statuses: Object.keys(operation.responses),
    takes: parameters.flatMap(({ $ref }) => $ref?.split("/").at(-1) ?? []),
    queries: parameters.flatMap((parameter) => (parameter.in === "query" ? (parameter.name ?? []) : [])),
  };
});

const idsOf = (filter: (operation: Asked) => boolean) => OPERATIONS.filter(filter).map(({ id }) => id);

/** The request that is sent instead of an operation's good one. */
interface Change {
  account?: string;
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Where another isolate answers. */
  base?: string;
}

/**
 * Refusals that operations share, asked of each operation whose document has the status. The request names something that is
 * not there, so nothing is changed.
 */
describe("every operation is answered as its document says", () => {
  const stack = useStack();

  /** The roles that may call an operation; null where anyone may. */
  const accountOf = ({ id, route }: Asked): string | null => {
    if (ASKED_BY_STAFF.includes(id)) return ACCOUNTS.staff;
    const role = ROLES.find((one) => route.roles?.includes(one));
    return role ? ACCOUNTS[role] : null;
  };

  async function ask(operation: Asked, change: Change): Promise<number> {
    const account = change.account ?? accountOf(operation);
    const call = account === null ? apiAt(change.base ?? stack().urls.api) : await stack().as(account, change.base);
    const sent = {
      ...(operation.takes.includes("If-Match") ? { "If-Match": '"1"' } : {}),
      ...(operation.takes.includes("Idempotency-Key") ? { "Idempotency-Key": crypto.randomUUID() } : {}),
      ...change.headers,
    };
    const { path, body } = { ...operation, ...change };
    return (await call(operation.route.method.toUpperCase(), path, body, sent)).status;
  }

  /** Asks each operation that documents the status: those that were answered with another. */
  async function othersThan(status: number, changeOf: (operation: Asked) => Change, but: readonly string[] = []) {
    const asked = OPERATIONS.filter(({ id, statuses }) => statuses.includes(String(status)) && !but.includes(id));
    expect(asked.length).toBeGreaterThan(0);
    const answers = await Promise.all(
      asked.map(async (operation) => ({ id: operation.id, status: await ask(operation, changeOf(operation)) })),
    );
    return answers.filter((answer) => answer.status !== status);
  }

  test("with 400 when a parameter, the body or the key is not what its schema says", async () => {
    const wrong = ({ route, queries, takes }: Asked): Change => {
      if (route.body) return { body: "no object" };
      if (route.params) return { path: route.path.replaceAll(/\{\w+\}/g, "none") };
      const [query] = queries;
      if (query) return { path: `${route.path}?${query}=a&${query}=b` };
      return takes.includes("Idempotency-Key") ? { headers: { "Idempotency-Key": "two words" } } : {};
    };
    expect(await othersThan(400, wrong)).toEqual([]);
  });

  test("with 401 when the access token is none", async () => {
    expect(await othersThan(401, () => ({ headers: { Authorization: "Bearer a.b.c" } }))).toEqual([]);
  });

  test("with 403 when it is not for the caller's role, or the caller is switched off", async () => {
    await stack().sql("update people set active = false where subject = 'auth0|' || $1", [SWITCHED_OFF]);
    const foreign = ({ route }: Asked) => ROLES.find((role) => !route.roles?.includes(role));
    const changeOf = (operation: Asked): Change => {
      // A made-up key is refused even where no login is needed.
      if (!operation.route.roles) return { headers: { "X-Api-Key": "hk_none" } };
      const role = foreign(operation);
      return { account: role ? ACCOUNTS[role] : SWITCHED_OFF };
    };
    expect(await othersThan(403, changeOf)).toEqual([]);
  });

  test("with 404 when there is no such thing", async () => {
    await stack().sql(
      "update patients set active = false where person_id = (select id from people where subject = 'auth0|' || $1)",
      [WITHOUT_RECORD],
    );
    await stack().sql(
      "update doctors set person_id = null where person_id = (select id from people where subject = 'auth0|' || $1)",
      [WITHOUT_DOCTOR],
    );
    const hold = await (await stack().as(ACCOUNTS.patient))("POST", "/holds", {});
    const absent = ({ id, path, route }: Asked): Change => {
      // A day at a glance is always there, except a doctor's whose login has no doctor.
      if (id === "getToday") return { account: WITHOUT_DOCTOR };
      if (!route.roles?.includes("patient")) return {};
      // An id that no hold ever had is answered as a hold that is over. Another patient's hold is not there.
      if (id === "confirmAppointment") return { account: WITHOUT_RECORD, body: { holdId: hold.body.id } };
      return { account: WITHOUT_RECORD, path: path.replace(`/holds/${EXAMPLE_ID}`, `/holds/${hold.body.id}`) };
    };
    expect(await othersThan(404, absent)).toEqual([]);
  });

  test("with 409 while another request with the same key is under way", async () => {
    const owner = new pg.Client({ connectionString: stack().urls.postgres });
    await owner.connect();
    try {
      await owner.query("begin");
      await owner.query("select pg_advisory_xact_lock(hashtextextended('busy', hashtext(id::text))) from people");
      const busy = { headers: { "Idempotency-Key": "busy" } };
      expect(
        await othersThan(
          409,
          () => busy,
          idsOf(({ takes }) => !takes.includes("Idempotency-Key")),
        ),
      ).toEqual([]);
    } finally {
      await owner.end();
    }
  });

  test("with 413 when the body is too large", async () => {
    expect(
      await othersThan(413, ({ id }) => ({ body: "x".repeat(id === "importChunk" ? 1_100_000 : 70_000) })),
    ).toEqual([]);
  });

  test("with 415 when the body is not JSON", async () => {
    expect(await othersThan(415, () => ({ body: {}, headers: { "Content-Type": "text/plain" } }))).toEqual([]);
  });

  test("with 422 when its key stands for another request", async () => {
    await stack().sql(
      `insert into idempotency_keys (person_id, key, request_hash, refusal)
       select id, 'used', 'another request', '{"code": "not-found"}' from people`,
    );
    expect(await othersThan(422, () => ({ headers: { "Idempotency-Key": "used" } }))).toEqual([]);
  });

  test("with 428 when it does not name the version that it changes", async () => {
    const unversioned = idsOf(({ takes }) => !takes.includes("If-Match"));
    expect(await othersThan(428, () => ({ headers: { "If-Match": "" } }), unversioned)).toEqual([]);
  });

  test("with 429 when the caller has made too many requests", async () => {
    const isolate = await stack().startIsolate({}, () => 1);
    const base = `${isolate.url}/api/v1`;
    const minute = () => Math.floor(Date.now() / 60_000);
    try {
      // The counter begins again with each minute.
      for (let began: number | null = null; began !== minute();) {
        began = minute();
        await apiAt(base)("GET", "/config");
        const others = await othersThan(429, () => ({ base }));
        if (began === minute()) expect(others).toEqual([]);
      }
    } finally {
      await isolate.close();
    }
  });

  test("with 503 while the database does not answer", async () => {
    stack().neon.faults.set({ refuse: true });
    try {
      expect(await othersThan(503, () => ({}), ["getHealth"])).toEqual([]);
    } finally {
      stack().neon.faults.set({});
    }
  });

  describe("about what is there", () => {
    const KEY = () => ({ "Idempotency-Key": crypto.randomUUID() });
    const stale = { previewToken: TOKEN };
    const byQuery = `?previewToken=${TOKEN}`;
    /** The first Sunday that is five days ahead or more, when no doctor works. */
    const sunday = (() => {
      const day = Math.ceil(Date.now() / 86_400_000) + 5;
      // Day 0 of the epoch was a Thursday.
      return new Date((day + ((10 - (day % 7)) % 7)) * 86_400_000).toISOString().slice(0, 10);
    })();
    let at: { doctorId: string; locationId: string; session: string; slotId: string; appointmentId: string };

    beforeAll(async () => {
      const staff = await stack().as(ACCOUNTS.staff);
      const [slot] = await freeSlots(stack(), 1);
      const [place] = await stack().sql<{ id: string }>("select id from locations order by id limit 1");
      const extra = { kind: "extra", date: sunday, from: "03:00", to: "04:00", slotMinutes: 15, locationId: place!.id };
      const made = await staff("POST", `/doctors/${slot!.doctorId}/exceptions`, extra);
      const [first] = await stack().sql<{ id: string }>(
        "select id from slots where doctor_id = $1 and clinic_date = $2 order by starts_at limit 1",
        [slot!.doctorId, sunday],
      );
      const patient = await stack().as(ACCOUNTS.patient);
      const held = await patient("POST", "/holds", { slotId: first!.id });
      const booked = await patient("POST", "/appointments", { holdId: held.body.id });
      at = {
        doctorId: slot!.doctorId,
        locationId: place!.id,
        session: `/doctors/${slot!.doctorId}/exceptions/${made.body.id}`,
        slotId: first!.id,
        appointmentId: booked.body.id,
      };
    });

    test("with 412 when the preview was of another change, and with 428 when a patient is affected and there was none", async () => {
      const staff = await stack().as(ACCOUNTS.staff);
      const absence = { kind: "absence", fromDate: sunday, toDate: sunday };
      const night = { startsAt: `${sunday}T01:00:00Z`, endsAt: `${sunday}T01:15:00Z` };
      const holiday = await staff("POST", "/holidays", { date: "2035-06-01", name: "Day of the Table" });
      const statusOf = async (method: string, path: string, body?: object) =>
        (await staff(method, path, body, KEY())).status;
      expect([
        await statusOf("POST", `/doctors/${at.doctorId}/leave`, { from: sunday, ...stale }),
        await statusOf("POST", `/doctors/${at.doctorId}/exceptions`, { ...absence, ...stale }),
        await statusOf("DELETE", at.session + byQuery),
        await statusOf("POST", "/slots", { doctorId: at.doctorId, locationId: at.locationId, ...night, ...stale }),
        await statusOf("DELETE", `/slots/${at.slotId}${byQuery}`),
        await statusOf("POST", "/holidays", { date: sunday, name: "Day of the Table", ...stale }),
        await statusOf("POST", "/holidays/import", { country: "IE", year: 2035, ...stale }),
        await statusOf("DELETE", `/holidays/${holiday.body.items[0].id}${byQuery}`),
      ]).toEqual(Array.from({ length: 8 }, () => 412));
      expect([
        await statusOf("POST", `/doctors/${at.doctorId}/exceptions`, absence),
        await statusOf("DELETE", at.session),
      ]).toEqual([428, 428]);
    });

    test("with 412 when another version is named than there is", async () => {
      const staff = await stack().as(ACCOUNTS.staff);
      const [patient] = await stack().sql<{ id: string }>(
        "select id from patients where active and person_id is not null and id <> (select patient_id from appointments where id = $1)",
        [at.appointmentId],
      );
      const headers = { "If-Match": '"77"', ...KEY() };
      const transfer = await staff(
        "POST",
        `/appointments/${at.appointmentId}/transfer`,
        { patientId: patient!.id },
        headers,
      );
      const login = await staff("DELETE", `/patients/${patient!.id}/login`, undefined, { ...headers, ...KEY() });
      expect([transfer.status, login.status]).toEqual([412, 412]);
    });

    test("with 409 when a preview is asked for of what cannot be changed any more", async () => {
      const staff = await stack().as(ACCOUNTS.staff);
      await stack().sql("update appointments set status = 'arrived' where id = $1", [at.appointmentId]);
      const slot = await staff("POST", `/slots/${at.slotId}/preview`, { status: "closed" });
      await stack().sql("update doctors set active = false where id = $1", [at.doctorId]);
      const leaving = await staff("POST", `/doctors/${at.doctorId}/leave/preview`, { from: sunday });
      expect([slot.status, leaving.status]).toEqual([409, 409]);
    });
  });

  // The last one: without its functions the stack is of no more use.
  test("with 500 when the database has lost the functions of this build", async () => {
    await stack().sql(`alter schema ${readFunctions().schema} rename to lost`);
    // Readiness says so itself, with 503; liveness asks nothing of the database.
    expect(await othersThan(500, () => ({}), ["getHealth", "getReadiness"])).toEqual([]);
  });
});
