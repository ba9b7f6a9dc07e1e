import { setTimeout as sleep } from "node:timers/promises";
import { styleText } from "node:util";
import { z } from "zod";
import type { QueryResultRow } from "pg";
import { login } from "#dev/login.ts";
import { connected } from "#dev/migrate.ts";
import type { Stack } from "#dev/stack.ts";

/** An incident that is made on the local stack, seen, and put right; docs/runbook.md has each. */
export interface Drill {
  title: string;
  run(scene: Scene): Promise<void>;
}

/** An answer of the API. `code` is the problem's, `seconds` how long the caller waited. */
export interface Answer {
  status: number;
  code: string;
  retryAfter: string | null;
  seconds: number;
  body: Record<string, unknown>;
}

/** Patients of the seed that have no visits. */
const PATIENTS = Array.from({ length: 50 }, (_, index) => `patient${151 + index}`);

interface CallOptions {
  token?: string;
  cookie?: string;
  apiKey?: string;
  body?: object;
  base?: string;
}

const Body = z.record(z.string(), z.unknown()).catch({});

/** The stage of a drill: the running stack, its patients, and what the drill says and checks. */
export class Scene {
  readonly stack: Stack;
  /** Of the drill's own; the stack's data are in `stack/`, Postgres' archived log is in `wal/`. */
  readonly folder: string;
  readonly log: string[];
  failures = 0;
  #patient = 0;
  #firstLine = 0;

  /** @param log gets every line that the Worker writes */
  constructor({ stack, log, folder }: { stack: Stack; log: string[]; folder: string }) {
    this.stack = stack;
    this.log = log;
    this.folder = folder;
  }

  begin(title: string): void {
    this.#firstLine = this.log.length;
    console.log(`\n${styleText("bold", title)}`);
  }

  say(text: string): void {
    console.log(`  ${text}`);
  }

  check(what: string, holds: boolean): void {
    if (!holds) this.failures += 1;
    console.log(`  ${holds ? styleText("green", "ok  ") : styleText("red", "FAIL")} ${what}`);
  }

  /** Waits for a fact, and says after how long it holds. */
  async within(seconds: number, what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    const began = performance.now();
    const passed = (): number => (performance.now() - began) / 1000;
    let isTrue = await holds();
    while (!isTrue && passed() < seconds) {
      await sleep(100);
      isTrue = await holds();
    }
    this.check(`${what}, after ${passed().toFixed(1)} s (at most ${seconds} s)`, isTrue);
  }

  /** The Worker's log lines of an event since this drill began. */
  lines(event: string): string[] {
    return this.log.slice(this.#firstLine).filter((line) => line.includes(`"event":"${event}"`));
  }

  async token(account: string): Promise<string> {
    const { issuer } = this.stack.urls;
    return (await login({ issuer, ...this.stack.auth, account })).accessToken;
  }

  nextPatient(): string {
    const account = PATIENTS[this.#patient % PATIENTS.length]!;
    this.#patient += 1;
    return account;
  }

  /** @param options.base another isolate's address, without a slash at the end */
  async call(method: string, path: string, options: CallOptions = {}) {
    const { token, body, cookie, apiKey, base } = options;
    const began = performance.now();
    const response = await fetch(`${base ? `${base}/api/v1` : this.stack.urls.api}${path}`, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(cookie && { Cookie: cookie }),
        ...(apiKey && { "X-Api-Key": apiKey }),
        ...(body && { "Content-Type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json = Body.parse(await response.json().catch(() => ({})));
    return {
      status: response.status,
      code: typeof json["code"] === "string" ? json["code"] : "",
      retryAfter: response.headers.get("Retry-After"),
      seconds: (performance.now() - began) / 1000,
      body: json,
    } satisfies Answer;
  }

  /** Holds the first free time for a patient and confirms it. Answers the first refusal, or the appointment. */
  async book(token: string): Promise<Answer> {
    const held = await this.call("POST", "/holds", { token, body: {} });
    if (held.status !== 201) return held;
    return this.call("POST", "/appointments", { token, body: { holdId: held.body["id"] } });
  }

  /** Asks the database as its owner. */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return connected(this.stack.urls.postgres, async (client) => (await client.query<Row>(text, values)).rows);
  }

  /** The answer of `/health/ready`. An isolate remembers it for two seconds. */
  async readiness(): Promise<string> {
    const { body } = await this.call("GET", "/health/ready");
    return String(body["status"]);
  }
}
