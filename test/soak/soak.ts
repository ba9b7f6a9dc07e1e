import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Database } from "#db/client.ts";
import { failureOf } from "#db/pg-error.ts";
import type { NeonProxy } from "#dev/neon/proxy.ts";
import { random } from "#dev/seed/random.ts";
import { type Person, actOf } from "#test/support/small-clinic.ts";
import { foundSoakClinic } from "./clinic.ts";
import { type Findings, judge } from "./judge.ts";
import { type Answer, type Memory, look, nextOperation } from "./operations.ts";

export interface SoakOptions {
  db: Database;
  /** The owner's connections, straight to Postgres: nothing cuts them. */
  admin: pg.Pool;
  proxy: NeonProxy;
  operations: number;
  clients: number;
  seed: number;
  /** Share of exchanges whose connection is cut, half of them before the database hears of it and half after. */
  cut: number;
  /** Kills every backend so often, milliseconds. */
  killEveryMs: number;
}

/** What a client was finally told of one request, however often it had to send it. */
export interface Entry {
  requestId: string;
  name: string;
  person: Person;
  said: "done" | "refused" | "unknown";
  answer: Answer | null;
}

export interface SoakReport extends Findings {
  /** The clients' log, to be judged. */
  log: Entry[];
  operations: number;
  seconds: number;
  done: Record<string, number>;
  refused: Record<string, number>;
  /** Answers that a client would have seen as 503, and sent again. */
  retried: number;
  /** Anything else that went wrong: there must be none. */
  faults: string[];
  cuts: { beforeForward: number; beforeReply: number };
  killed: number;
}

/** A request is sent again with its key until it is answered; after so many times the client gives up. */
const ATTEMPTS = 60;

/** Mixed operations by many clients at once over a wire that breaks, then a look at every row. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { db, admin, proxy, operations, clients, seed } = options;
  const clinic = await foundSoakClinic(admin);
  const memory: Memory = { holds: [], appointments: [] };
  const log: Entry[] = [];
  const faults: string[] = [];
  let retried = 0;
  let left = operations;

  const client = async (n: number): Promise<void> => {
    const dice = random(seed * 1000 + n);
    // Eight of 64 are staff; among the others some patients have two tabs open.
    const person = n % 8 === 7 ? clinic.staff[n % clinic.staff.length] : clinic.patients[n % clinic.patients.length];
    if (!person) throw new Error("nobody to be");
    while (left-- > 0) {
      const chance = dice.next();
      if (chance < 0.04) await look(db, memory, dice, person).catch(note);
      else if (chance < 0.06) await closeOrOpen(admin, dice.pick(clinic.slots));
      else if (chance < 0.07)
        await moveByClinic(admin, memory.appointments[dice.below(memory.appointments.length)]?.id);
      else await perform(nextOperation(clinic, memory, dice, person));
    }
  };

  /** False: not an answer; the client would see 503 and try again. */
  const note = (error: unknown): void => {
    const failure = failureOf(error);
    if (failure && failure.kind !== "conflict") retried += 1;
    else faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

  const perform = async (operation: ReturnType<typeof nextOperation>): Promise<void> => {
    const act = actOf(operation.person, crypto.randomUUID());
    const entry: Entry = {
      requestId: act.requestId,
      name: operation.name,
      person: operation.person,
      said: "unknown",
      answer: null,
    };
    log.push(entry);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const faultsBefore = faults.length;
      const outcome = await operation.run(db, act).catch(note);
      if (faults.length > faultsBefore) return;
      if (outcome?.kind === "done") {
        Object.assign(entry, { said: "done", answer: outcome.result });
        operation.learn?.(outcome.result);
        return;
      }
      if (outcome?.kind === "refused") {
        entry.said = "refused";
        return;
      }
      if (outcome && outcome.kind !== "key-in-flight") return void faults.push(`${operation.name}: ${outcome.kind}`);
      await sleep(10 + Math.random() * 40);
    }
  };

  let killed = 0;
  const over = new AbortController();
  const killer = (async () => {
    for (;;) {
      await sleep(options.killEveryMs, undefined, { signal: over.signal });
      killed += await proxy.killBackends();
    }
  })().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });

  proxy.faults.set({ dropBeforeForward: options.cut / 2, dropBeforeReply: options.cut / 2, seed });
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  const seconds = (performance.now() - began) / 1000;
  over.abort();
  await killer;
  const { droppedBeforeForward: beforeForward, droppedBeforeReply: beforeReply } = proxy.faults.fired();
  proxy.faults.set({});

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
    retried,
    faults,
    cuts: { beforeForward, beforeReply },
    killed,
    ...(await judge(admin, log)),
  };
}

/** Staff close a slot nobody is in, or open it again; whoever holds it finds out when they confirm. */
async function closeOrOpen(admin: pg.Pool, slotId: string): Promise<void> {
  await admin.query(
    `update slots set status = case status when 'open' then 'closed' else 'open' end,
       closed_by = case status when 'open' then 'staff' end, version = version + 1
     where id = $1 and appointment_id is null`,
    [slotId],
  );
}

/** As after a move by the clinic: the appointment waits to be accepted, or another slot to be chosen. */
async function moveByClinic(admin: pg.Pool, appointmentId: string | undefined): Promise<void> {
  if (!appointmentId) return;
  await admin.query("update appointments set status = 'moved' where id = $1 and status = 'booked'", [appointmentId]);
}
