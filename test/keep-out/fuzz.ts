import { connect } from "node:net";
import { expect, test } from "vitest";
import { random } from "#dev/seed/random.ts";
import { shippedDocument } from "#test/support/conformance.ts";
import { SEED } from "#test/support/seed.ts";
import type { TestStack } from "#test/support/stack.ts";
import { signToken } from "#test/support/tokens.ts";
import { type Schema, Values } from "./values.ts";
import type { Asked, Visits } from "./visit.ts";

/** How many requests; `npm run soak -- fuzz` asks for more. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 5_000);
const CONCURRENT = 16;
/** Longest time of an answer, milliseconds. It is beyond each limit of the product's own waiting, also on two busy cores. */
const HANGS_MS = 10_000;

interface Operation {
  parameters?: { $ref?: string; name?: string; in?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Texts that no answer may have: the server's parts, the database's messages, a secret. */
const INSIDE =
  /\bat \w+ \(|node_modules|PL\/pgSQL|relation "|syntax error|SQLSTATE|postgresql:\/\/|sig_[A-Za-z0-9]{10}|AKIA[A-Z0-9]{8}/;

/** Generated and mutated requests to every operation, and broken HTTP. */
export function fuzz(stack: () => TestStack, visits: Visits): void {
  test(`${REQUESTS} generated requests: no 5xx, no hang, every refusal a problem, nothing of the inside in any body`, async () => {
    const make = await requestsFor(stack());
    const bad: object[] = [];
    let slowest = 0;
    let sent = 0;
    const worker = async (): Promise<void> => {
      while (sent++ < REQUESTS) {
        const asked = make();
        const began = performance.now();
        const visit = await visits.ask(asked);
        const ms = performance.now() - began;
        slowest = Math.max(slowest, ms);
        const isProblem = visit.headers.get("Content-Type") === "application/problem+json";
        if (visit.status >= 500 || (visit.status >= 400 && !isProblem) || INSIDE.test(visit.text) || ms > HANGS_MS) {
          bad.push({ ...asked, status: visit.status, text: visit.text.slice(0, 300), ms });
        }
        // Only the faults of an answer's headers are kept.
        visit.text = "";
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT }, worker));
    expect(bad.slice(0, 10)).toEqual([]);
    if (process.env["FUZZ_REQUESTS"])
      console.log(`fuzz: ${REQUESTS} requests, seed ${SEED}, slowest ${slowest.toFixed(0)} ms`);
  });

  test("Broken HTTP is answered 4xx or cut, soon, and never 5xx", async () => {
    const { token } = await signToken(stack());
    const head = (more: string): string =>
      `POST /api/v1/holds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\n${more}\r\n\r\n`;
    const chunked = head("Transfer-Encoding: chunked");
    const requests = [
      ...[
        "zz\r\n{}\r\n0\r\n\r\n",
        "-1\r\n{}\r\n",
        "2\r\n{}",
        "5\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n{}",
        "2\r\n{}XX0\r\n\r\n",
        "2;x=\u0000\r\n{}\r\n0\r\n\r\n",
        "\r\n",
      ].map((body) => chunked + body),
      ...[
        "Content-Length: 10",
        "Content-Length: -1",
        "Content-Length: x",
        "Content-Length: 1e3",
        "Content-Length: 2\r\nContent-Length: 3",
      ].map((line) => `${head(line)}{}`),
      `${head("Content-Length: 2\r\nTransfer-Encoding: chunked")}0\r\n\r\n`,
      `${head("Content-Length: 2\r\nContent-Encoding: gzip")}{}`,
      `${head("Content-Length: 2\r\nX: \u0000")}{}`,
      `${head(`Content-Length: 2\r\nX: ${"y".repeat(20_000)}`)}{}`,
      "GET /api/v1/config\r\n\r\n",
      "GET /api/v1/config HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET  /api/v1/config HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /api/v1/\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
      `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      "\u0016\u0003\u0001\u0002\u0000\u0001",
      "GET http://evil.example/api/v1/config HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ];
    const answers = await Promise.all(requests.map((request) => rawStatus(stack().worker.port, request)));
    const wrong = answers
      .map((status, at) => ({ request: requests[at]!.slice(-80), status }))
      .filter(({ status }) => (status ?? 0) >= 500);
    expect(wrong).toEqual([]);
  });

  test("After all of it the database is as sound as before", async () => {
    const broken = await stack().sql<{ what: string }>(`
      select 'two live appointments in a slot' as what from appointments where slot_id is not null
        group by slot_id having count(*) > 1
      union all select 'slot and appointment do not name each other' from appointments a join slots s on s.id = a.slot_id
        where s.appointment_id is distinct from a.id or (s.starts_at, s.ends_at) <> (a.starts_at, a.ends_at)
      union all select 'booked slot of no appointment' from slots s
        where s.appointment_id is not null and not exists (select from appointments a where a.slot_id = s.id)
      union all select 'overlapping slots of a doctor' from slots s join slots o on o.doctor_id = s.doctor_id and o.id > s.id
        and o.starts_at < s.ends_at and o.ends_at > s.starts_at and o.clinic_date between s.clinic_date - 1 and s.clinic_date + 1
        where (s.status = 'open' or s.appointment_id is not null) and (o.status = 'open' or o.appointment_id is not null)
      union all select 'a patient in two places' from appointments a join appointments b
        on b.patient_id = a.patient_id and b.id > a.id and b.starts_at < a.ends_at and b.ends_at > a.starts_at
        where a.slot_id is not null and b.slot_id is not null and not a.overlap_allowed and not b.overlap_allowed
      union all select 'to place without a case' from appointments a where a.status = 'to-place'
        and not exists (select from cases k where k.appointment_id = a.id and k.status = 'open')
      union all select 'deadlock' from pg_stat_database where datname = current_database() and deadlocks > 0`);
    expect(broken).toEqual([]);
  });
}

/** Makes requests: an operation of the document, values that its schemas allow, and one or more of them spoilt. */
async function requestsFor(stack: TestStack): Promise<() => Asked> {
  const document = shippedDocument();
  const source = random(SEED);
  const values = new Values(source, document.components as Record<string, Record<string, Schema>>, await idsOf(stack));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
  );
  // Changes of a whole day are rare, and long lists are rarer than single items.
  const weights = operations.map(({ path, method }) => {
    if (/holidays|leave|schedule|exceptions|undo|import/.test(path)) return 1;
    return method === "get" && !path.includes("{") ? 2 : 8;
  });
  const role = String(stack.env["ROLE_CLAIM"]);
  const tokens = await Promise.all(
    ["patient6", "patient7", "doctor1", "staff1"].map(async (account) => {
      const claims = {
        sub: `auth0|${account}`,
        [role]: account.replace(/\d+$/, ""),
        exp: Math.floor(Date.now() / 1000) + 36_000,
      };
      return `Bearer ${(await signToken(stack, { claims })).token}`;
    }),
  );
  const callers = [...tokens, "", "Bearer x", "Basic YTpi"];
  return () => {
    const { path, method, operation } = operations[source.weighted(weights)]!;
    const parameters = (operation.parameters ?? []).map((one) => values.resolved(one));
    const query = new URLSearchParams();
    const headers: Record<string, string> = {};
    let filled = path;
    for (const { name = "", in: where, schema = {} } of parameters) {
      const value = values.text(source.next() < 0.7 ? values.valid(schema) : values.junk());
      if (where === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(value) || "x");
      else if (source.next() < 0.4) {
        if (where === "query") query.append(name, value);
        else headers[name] = values.headerText(value);
      }
    }
    if (source.next() < 0.05) query.append(values.word(), values.text(values.junk()));
    const caller = source.pick(callers);
    if (caller) headers["Authorization"] = caller;
    if (source.next() < 0.1)
      headers[source.pick(["Accept", "If-Match", "Idempotency-Key", "Cookie", "Origin", "X-Api-Key", "Content-Type"])] =
        values.headerText(values.text(values.junk()));
    const [content] = Object.values(operation.requestBody?.content ?? {});
    let body: unknown;
    if (content) {
      const good = values.valid(content.schema);
      body = source.next() < 0.25 ? good : values.spoilt(good);
      if (source.next() < 0.05) body = values.text(body).slice(0, source.below(40));
    }
    const suffix = query.size > 0 ? `?${query}` : "";
    const asked = { method: method.toUpperCase(), path: `/api/v1${filled}${suffix}`, headers };
    return method === "get" || body === undefined ? asked : { ...asked, body };
  };
}

/** Ids of things that there are, so that a part of the requests gets further than "not found". */
async function idsOf(stack: TestStack): Promise<string[]> {
  const rows = await stack.sql<{ id: string }>(
    `(select id from appointments order by id limit 20) union all (select id from doctors order by id limit 12)
     union all (select id from patients order by id limit 20) union all (select id from slots order by id desc limit 20)
     union all (select id from locations) union all (select id from cases order by id limit 10)`,
  );
  return rows.map(({ id }) => id);
}

/** The status of the first answer to these bytes; null when the connection is cut without one. */
function rawStatus(port: number, request: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(request, "latin1")));
    let answer = "";
    const end = (): void => {
      socket.destroy();
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
      resolve(status === undefined ? null : Number(status));
    };
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (answer.includes("\r\n\r\n")) end();
    });
    socket.on("error", end);
    socket.on("close", end);
    // A request that stays open waits for the rest of itself; the client leaves.
    socket.setTimeout(1_500, end);
  });
}
