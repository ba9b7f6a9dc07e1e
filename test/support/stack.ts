import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect } from "vitest";
import { login } from "#dev/login.ts";
import { type Stack, type StackOptions, startStack } from "#dev/stack.ts";
import { type OwnPatient, OwnPatients, watchSeededVisits } from "./patients.ts";
import { prepareDatabase } from "./prepared-stack.ts";

/** A test file's own stack, with the built Worker in workerd and the helpers of a test. */
export interface TestStack extends Stack {
  /** The owner's connection, for looking behind the API and for setting the stage. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A caller with an access token of their own, at the stack's Worker or another isolate. */
  as(account: string, base?: string): Promise<Api>;
  /** The same with a token of a new login. */
  logIn(account: string): Promise<Api>;
  /** Makes patients for the test alone. Tests book for these, or for seeded patients without visits. */
  newPatients(count: number): Promise<OwnPatient[]>;
  /** One such patient. */
  newPatient(): Promise<OwnPatient>;
  /** The seeded patients with visits that got a new booking; must be empty. */
  bookedForSeeded(): Promise<string[]>;
  /** A caller without any. */
  nobody: Api;
  dataDir: string;
  /** Every line the Worker has written to its console. */
  log: string[];
}

export interface Reply {
  status: number;
  headers: Headers;
  // Bodies are what the test says they are; a wrong guess fails the assertion that follows.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export type Api = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  signal?: AbortSignal,
) => Promise<Reply>;

/** An API caller: JSON in and out, keep-alive, at any isolate. */
export function apiAt(base: string, token?: string): Api {
  return async (method, path, body, headers = {}, signal) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}

/** Starts the whole stack for the calling test file, seeded, without crons, and stops it after the last test. */
export function useStack(options: Partial<StackOptions> = {}): () => TestStack {
  let running: TestStack | undefined;
  let starting: Promise<TestStack> | undefined;
  const start = async (): Promise<TestStack> => {
    const dataDir = await mkdtemp(join(tmpdir(), "holdfast-stack-"));
    await prepareDatabase(dataDir);
    const log: string[] = [];
    const stack = await startStack({
      firstPort: 0,
      dataDir,
      durable: false,
      crons: false,
      redisEngine: "memory",
      qstashRetryScale: 0.01,
      onLog: (line) => log.push(line.message),
      ...options,
    });
    const owner = new pg.Pool({ connectionString: stack.urls.postgres, max: 4 });
    owner.on("error", () => {});
    // As if the clinic had been set up now, so that no older reminder is due.
    await owner.query("update policy set reminders_since = now()");
    const sql: TestStack["sql"] = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await owner.query<Row>(text, values)).rows;
    const own = new OwnPatients(sql);
    const bookedForSeeded = await watchSeededVisits(sql, stack.accounts);
    const tokens = new Map<string, Promise<string>>();
    const newToken = (account: string): Promise<string> =>
      login({ issuer: stack.urls.issuer, ...stack.auth, account: own.loginOf(account) }).then(
        ({ accessToken }) => accessToken,
      );
    const tokenOf = (account: string): Promise<string> => {
      const token = tokens.get(account) ?? newToken(account);
      tokens.set(account, token);
      return token;
    };
    return {
      ...stack,
      log,
      dataDir,
      sql,
      newPatients: (count) => own.make(count),
      newPatient: async () => (await own.make(1))[0]!,
      bookedForSeeded,
      as: async (account, base = stack.urls.api) => apiAt(base, await tokenOf(account)),
      logIn: async (account) => apiAt(stack.urls.api, await newToken(account)),
      nobody: apiAt(stack.urls.api),
      close: async () => {
        await owner.end();
        await stack.close();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  };
  beforeAll(async () => {
    starting = start();
    running = await starting;
  });
  afterAll(async () => {
    // One that came too late for its file must not delay the next file's.
    const late = await starting?.catch(() => undefined);
    if (!late) return;
    try {
      expect(await late.bookedForSeeded(), "patients with seeded visits that this file booked for").toEqual([]);
    } finally {
      await late.close();
    }
  });
  return () => {
    if (!running) throw new Error("The stack is not running yet.");
    return running;
  };
}

/**
 * Free slots of one doctor at one location, far enough ahead for every rule, in order of time. A move between them changes
 * the time and nothing else. The first free slots of all doctors may be at one time or in different locations.
 */
export async function freeSlotsOfOneDoctor(stack: TestStack, count: number): Promise<{ id: string }[]> {
  return stack.sql<{ id: string }>(
    `with free as (
       select * from slots
       where status = 'open' and appointment_id is null and (hold_id is null or hold_expires_at < now())
         and starts_at > now() + interval '3 days'),
     first_doctor as (
       select doctor_id, location_id from free group by doctor_id, location_id having count(*) >= $1
       order by min(starts_at), doctor_id limit 1)
     select id from free join first_doctor using (doctor_id, location_id) order by starts_at limit $1`,
    [count],
  );
}

/** Waits for the next second. A token issued then is younger than all earlier events, because `iat` has whole seconds. */
export async function nextSecond(): Promise<void> {
  await new Promise((wait) => setTimeout(wait, 1000 - (Date.now() % 1000)));
}

/** Free slots far enough ahead for every rule, in the order in which they are offered. */
export async function freeSlots(stack: TestStack, count: number): Promise<{ id: string; doctorId: string }[]> {
  const rows = await stack.sql<{ id: string; doctor_id: string }>(
    `select id, doctor_id from slots
     where status = 'open' and appointment_id is null and (hold_id is null or hold_expires_at < now())
       and starts_at > now() + interval '3 days'
     order by clinic_date, starts_at, id limit $1`,
    [count],
  );
  return rows.map((row) => ({ id: row.id, doctorId: row.doctor_id }));
}

/**
 * Gives free slots one after the other, from three days ahead on. Each starts after the end of the one before, so that no
 * patient has two at once.
 */
export function slotsInTurn(stack: () => TestStack): () => Promise<string> {
  let after = new Date(Date.now() + 3 * 86_400_000);
  return async () => {
    const [slot] = await stack().sql<{ id: string; ends_at: Date }>(
      `select id, ends_at from slots where status = 'open' and appointment_id is null and hold_id is null
         and starts_at > $1 order by starts_at, id limit 1`,
      [after],
    );
    if (!slot) throw new Error("There is no free slot any more.");
    after = slot.ends_at;
    return slot.id;
  };
}

/** The ids of all messages in the inbox that went to the patient of an appointment, oldest first. */
export async function messagesTo(stack: TestStack, appointmentId: string): Promise<string[]> {
  const { emails } = (await (await fetch(new URL("/store", stack.urls.inbox))).json()) as {
    emails: { messageId: string; destination?: { to?: string[] } }[];
  };
  const [patient] = await stack.sql<{ email: string }>(
    "select t.email from patients t join appointments a on a.patient_id = t.id where a.id = $1",
    [appointmentId],
  );
  return emails.flatMap(({ messageId, destination }) =>
    patient && destination?.to?.includes(patient.email) ? [messageId] : [],
  );
}
