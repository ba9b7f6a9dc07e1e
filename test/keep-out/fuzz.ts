import { connect } from "node:net";
import { expect, test } from "vitest";
import { random } from "#dev/seed/random.ts";
import { SEED } from "#test/support/seed.ts";
import type { TestStack } from "#test/support/stack.ts";
import { signToken } from "#test/support/tokens.ts";
import { requestsFor } from "./fuzz-requests.ts";
import type { Asked, Visit, Visits } from "./visit.ts";

/** How many requests; `npm run soak -- fuzz` asks for more. */
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 5_000);
const CONCURRENT = 16;
/** Longest time of an answer, milliseconds. It is beyond each limit of the product's own waiting, also on two busy cores. */
const HANGS_MS = 10_000;

/** Longest time of the whole, milliseconds: 16 requests a second, on a busy machine. */
const LONGEST_MS = 240_000 + REQUESTS * 60;
/** Number of requests after which the clinic is opened again: the callers may act, and new ids are used. */
const ROUND = 1_000;

/** Texts that no answer may have: the server's parts, the database's messages, a secret. */
const INSIDE =
  /\bat \w+ \(|node_modules|PL\/pgSQL|relation "|syntax error|SQLSTATE|postgresql:\/\/|sig_[A-Za-z0-9]{10}|AKIA[A-Z0-9]{8}/;

/** Generated and mutated requests to every operation, and broken HTTP. */
export function fuzz(stack: () => TestStack, visits: Visits): void {
  test(
    `${REQUESTS} generated requests: no 5xx, no hang, every refusal a problem, nothing of the inside in any body`,
    async () => {
      const source = random(SEED);
      const tally = new Tally((requestId) =>
        stack().log.find((line) => line.includes(requestId) && line.includes('"fault"')),
      );
      for (let sent = 0; sent < REQUESTS; sent += ROUND) {
        const make = await requestsFor(stack(), source);
        let left = Math.min(ROUND, REQUESTS - sent);
        const client = async (): Promise<void> => {
          while (left-- > 0) {
            const { operation, ...asked } = make();
            const began = performance.now();
            tally.add(operation, asked, await visits.ask(asked), performance.now() - began);
          }
        };
        await Promise.all(Array.from({ length: CONCURRENT }, client));
        const isMilestone = sent % 10_000 === 0 || sent + ROUND >= REQUESTS;
        if (process.env["FUZZ_REQUESTS"] && isMilestone) console.log(tally.report());
      }
      expect(tally.bad.slice(0, 10)).toEqual([]);
    },
    LONGEST_MS,
  );

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

/** What the answers of a fuzz were. */
class Tally {
  readonly bad: object[] = [];
  readonly #statuses: Record<string, number> = {};
  readonly #done = new Map<string, number>();
  readonly #faultOf: (requestId: string) => string | undefined;
  readonly #began = performance.now();
  #slowest = { ms: 0, request: "" };

  /** @param faultOf the line of the Worker's log about the fault of a request */
  constructor(faultOf: (requestId: string) => string | undefined) {
    this.#faultOf = faultOf;
  }

  add(operation: string, { headers: sent = {}, ...asked }: Asked, { status, headers, text }: Visit, ms: number): void {
    if (ms > this.#slowest.ms)
      this.#slowest = { ms: Math.round(ms), request: `${asked.method} ${asked.path} ${status}` };
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    this.#done.set(operation, (this.#done.get(operation) ?? 0) + (status < 300 ? 1 : 0));
    const isProblem = headers.get("Content-Type") === "application/problem+json";
    const isBare = status >= 400 && !isProblem && !operation.includes("/links/") && !operation.includes("/reminders/");
    if (status >= 500 || isBare || INSIDE.test(text) || ms > HANGS_MS) {
      const { Authorization: _, ...others } = sent;
      const fault = status >= 500 ? this.#faultOf(headers.get("X-Request-Id") ?? "?") : undefined;
      this.bad.push({ ...asked, headers: others, status, text: text.slice(0, 300), ms: Math.round(ms), fault });
    }
  }

  /** How far the requests got: an operation that never succeeded was only knocked at. */
  report(): string {
    const never = [...this.#done].filter(([, done]) => done === 0).map(([operation]) => operation);
    const seconds = (performance.now() - this.#began) / 1000;
    const sent = Object.values(this.#statuses).reduce((sum, count) => sum + count, 0);
    return `fuzz: ${sent} of ${REQUESTS} requests, seed ${SEED}, ${seconds.toFixed(0)} s, slowest ${this.#slowest.ms} ms (${this.#slowest.request})
answers: ${JSON.stringify(this.#statuses)}, ${this.bad.length} of them bad: ${JSON.stringify(this.bad.slice(0, 5))}
never succeeded: ${never.join(", ") || "none"}`;
  }
}
