import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { NeonProxy } from "#dev/neon/proxy.ts";
import { random } from "#dev/seed/random.ts";
import type { Person } from "#test/support/small-clinic.ts";
import type { SoakClinic } from "./clinic.ts";
import { type Entry, type Findings, gather, judge } from "./judge.ts";
import type { Dice, Known, Memory, Operation } from "./operation.ts";
import { nextOperation } from "./operations.ts";
import { type Ask, type Reply, send } from "./wire.ts";

export interface SoakOptions {
  /** Workers before one database, each an isolate of its own; clients use them by turns. */
  apis: string[];
  clinic: SoakClinic;
  tokenOf: (person: Person) => string;
  /** The owner's connections, straight to Postgres: nothing cuts them. */
  admin: pg.Pool;
  proxy: NeonProxy;
  operations: number;
  clients: number;
  seed: number;
  /** Share of exchanges with the database whose connection is cut, half before it hears of them and half after. */
  cut: number;
  /** Share of requests whose client goes away before the answer. */
  clientsGone: number;
  /** Kills every backend so often, milliseconds. */
  killEveryMs: number;
  /** The clinic's crons, run every second. */
  crons: () => Promise<unknown>;
}

export interface SoakReport extends Findings {
  /** The clients' log, to be judged. */
  log: Entry[];
  operations: number;
  seconds: number;
  done: Record<string, number>;
  refused: Record<string, number>;
  /** How often each status was answered; 0 stands for a connection that broke. */
  statuses: Record<string, number>;
  /** Answers that there must not be. */
  faults: string[];
  cuts: { beforeForward: number; beforeReply: number };
  clientsGone: number;
  killed: number;
}

/** Maximum number of times that a client sends a request with its key before it gives up. */
const ATTEMPTS = 60;
/** How soon clients try again, milliseconds: sooner than `Retry-After` asks, which is a harder test. */
const PAUSE = { from: 10, to: 50 };
const QUEUE = "/cases?status=open&limit=50";
/** Refusals without a fault of the client: another client was faster, or a rule refuses. */
const REFUSALS = [404, 409, 412, 428];
const ILL_PUT = [412, 428];

/** Mixed operations by many clients at once, over HTTP and a connection that breaks. Then every row is checked. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { admin, proxy, clinic, operations, clients, seed } = options;
  const memory: Memory = { holds: [], appointments: [], closedSlots: [], absences: [], holidays: [], cases: [] };
  const log: Entry[] = [];
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  let left = operations;
  let clientsGone = 0;

  /** Asks until there is an answer, at one isolate and then the other. Null: the client gave up. */
  const ask = async (person: Person, what: Ask, dice: Dice): Promise<Reply | null> => {
    const token = options.tokenOf(person);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const gone = dice.next() < options.clientsGone;
      if (gone) clientsGone += 1;
      const api = options.apis[(dice.below(2) + attempt) % options.apis.length] ?? "";
      const reply = await send(api, token, what, gone ? dice.below(20) : undefined);
      const status = reply?.status ?? 0;
      statuses[status] = (statuses[status] ?? 0) + 1;
      const again = status === 0 || status === 503 || reply?.body?.code === "idempotency-in-flight";
      if (!again) return reply;
      await sleep(PAUSE.from + dice.below(PAUSE.to - PAUSE.from));
    }
    return null;
  };
  const wrong = (what: Ask, reply: Reply | null): void => {
    faults.push(`${what.method} ${what.path}: ${reply?.status} ${JSON.stringify(reply?.body)}`);
  };
  const isDone = (reply: Reply): boolean => reply.status >= 200 && reply.status < 300;

  /** Sends one change until the client knows what became of it, and notes that. */
  const change = async ({ name, person, changed }: Operation, what: Ask, dice: Dice): Promise<Reply | null> => {
    const key = crypto.randomUUID();
    const entry: Entry = { key, name, person, said: "unknown", illPut: false, reply: null, changed: [] };
    log.push(entry);
    const keyed = { ...what, headers: { ...what.headers, "Idempotency-Key": key } };
    entry.reply = await ask(person, keyed, dice);
    if (entry.reply && isDone(entry.reply)) Object.assign(entry, { said: "done", changed: changed(entry.reply) });
    else if (entry.reply && REFUSALS.includes(entry.reply.status)) {
      Object.assign(entry, { said: "refused", illPut: ILL_PUT.includes(entry.reply.status) });
    } else if (entry.reply) wrong(what, entry.reply);
    return entry.reply;
  };

  /** Previews and applies; after a booking in between, the refusal has the new preview. */
  const agree = async (operation: Operation, preview: Ask, dice: Dice): Promise<Reply | null> => {
    let shown = await ask(operation.person, preview, dice);
    if (!shown || !isDone(shown)) {
      if (shown && !REFUSALS.includes(shown.status)) wrong(preview, shown);
      return shown;
    }
    for (;;) {
      const what = operation.ask(shown);
      if (!what) return null;
      const reply = await change(operation, what, dice);
      if (reply?.body?.code !== "preview-stale") return reply;
      shown = { ...reply, body: reply.body.plan };
    }
  };

  const perform = async (operation: Operation, dice: Dice): Promise<void> => {
    const { person, preview, about } = operation;
    const plain = preview ? null : operation.ask();
    const reply = preview ? await agree(operation, preview, dice) : plain && (await change(operation, plain, dice));
    if (!reply) return;
    if (isDone(reply)) return operation.learn?.(reply);
    if (reply.status === 404 || (!about && reply.body?.code === "hold-expired")) operation.forget?.();
    if (reply.status !== 412 || !about) return;
    const now = await ask(person, { method: "GET", path: `/appointments/${about.id}` }, dice);
    if (now?.status === 200) Object.assign(about, { status: now.body.status, version: now.version });
  };

  /** Sometimes a client only reads. */
  const look = async (person: Person, dice: Dice): Promise<void> => {
    const paths = ["/availability?limit=50", "/appointments?when=upcoming&limit=50"];
    const path = person.caller.role === "staff" ? QUEUE : dice.pick(paths);
    const what: Ask = { method: "GET", path };
    const reply = await ask(person, what, dice);
    if (reply?.status !== 200) return wrong(what, reply);
    if (path === QUEUE) memory.cases = reply.body.items.map(({ id }: { id: string }) => id);
    const seen = new Map<string, string>(reply.body.items?.map(({ id, status }: Known) => [id, status]));
    for (const known of memory.appointments) known.status = seen.get(known.id) ?? known.status;
  };

  const client = async (n: number): Promise<void> => {
    const dice = random(seed * 1000 + n);
    // A quarter are staff, for what they do takes longest; some people have two tabs open.
    const person =
      n % 4 === 3 ? clinic.staff[(n >> 2) % clinic.staff.length] : clinic.patients[n % clinic.patients.length];
    if (!person) throw new Error("nobody to be");
    while (left-- > 0) {
      if (dice.next() < (person.caller.role === "staff" ? 0.1 : 0.04)) await look(person, dice);
      else await perform(nextOperation(clinic, memory, dice, person), dice);
    }
  };

  const over = new AbortController();
  const every = async (ms: number, work: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      await sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      await work();
    }
  };
  let killed = 0;
  const around = [
    every(options.killEveryMs, async () => (killed += await proxy.killBackends())),
    // A cron that fails is run again a second later, as in life a minute later.
    every(1000, () => options.crons().catch(() => undefined)),
  ];

  proxy.faults.set({ dropBeforeForward: options.cut / 2, dropBeforeReply: options.cut / 2, seed });
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  over.abort();
  await Promise.all(around);
  const { droppedBeforeForward: beforeForward, droppedBeforeReply: beforeReply } = proxy.faults.fired();
  proxy.faults.set({});
  // The crons finish what the last kill interrupted, after its lease has run out.
  const deadline = Date.now() + 60_000;
  do await options.crons();
  while ((await isReassigning(admin)) && Date.now() < deadline && (await sleep(250, true)));

  const tally = (said: Entry["said"]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const entry of log) if (entry.said === said) counts[entry.name] = (counts[entry.name] ?? 0) + 1;
    return counts;
  };
  return {
    log,
    operations,
    seconds,
    done: tally("done"),
    refused: tally("refused"),
    statuses,
    faults,
    cuts: { beforeForward, beforeReply },
    clientsGone,
    killed,
    ...judge(await gather(admin), log),
  };
}

async function isReassigning(admin: pg.Pool): Promise<boolean> {
  const { rows } = await admin.query("select from operations where phase <> 'done' limit 1");
  return rows.length > 0;
}
