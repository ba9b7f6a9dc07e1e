import { Client, neon, neonConfig } from "@neondatabase/serverless";
import { type BenchStack, type Body, type Caller, startBenchStack, timed } from "./bench-stack.ts";
import { inMs, judged, quantile, table } from "./report.ts";

const RTT_MS = 50;
const GOAL = 1.2;
/** Of planning and execution in the database, milliseconds. */
const DATABASE_MS = { verb: 3, availability: 4 };
/** The naive variants take as long as all others together, so they are measured less often. */
const NAIVE_EVERY = 10;

/**
 * P2: a whole request at an injected round trip of 50 ms to the database, in round trips. Also the database's time for its
 * statement. In the same run, without a Worker: the same hold as an interactive transaction, and a single statement.
 */
export async function roundTrips({ runs }: { runs: number }): Promise<void> {
  const stack = await startBenchStack(40, { direct: true });
  try {
    const kinds = { ...VERBS, ...naive(stack) };
    const { times, spent } = await measured(stack, runs, kinds);
    const rows: (string | number)[][] = [
      ["request", "runs", "median ms", "p95 ms", "round trips (median / RTT)", "database ms, median"],
    ];
    for (const name of Object.keys(kinds)) {
      const of = times.get(name) ?? [];
      const median = quantile(of, 0.5);
      const ratio = name in VERBS ? judged(median / RTT_MS, GOAL) : (median / RTT_MS).toFixed(2);
      const database = quantile(spent.get(name) ?? [], 0.5);
      const goal = name.startsWith("availability") ? DATABASE_MS.availability : DATABASE_MS.verb;
      rows.push([
        name,
        of.length,
        inMs(median),
        inMs(quantile(of, 0.95)),
        ratio,
        name in VERBS ? judged(database, goal) : "",
      ]);
    }
    console.log(
      `P2: ${runs} of each by turns, injected round trip ${RTT_MS} ms, at the Worker's own socket in workerd\n`,
    );
    table(rows);
  } finally {
    await stack.close();
  }
}

interface Turn {
  call: Caller;
  slot: string;
  /** Another, at another time. */
  other: string;
}

/** Each prepares without delay and returns the work to measure. */
type Measure = (turn: Turn) => Promise<() => Promise<unknown>>;

const held = async ({ call, slot }: Turn): Promise<Body> => (await call("POST", "/holds", { slotId: slot })).body;

/** An appointment in the turn's first slot, and what a change of it must send. */
async function booked(turn: Turn) {
  const { id } = await held(turn);
  const { body, etag } = await turn.call("POST", "/appointments", { holdId: id });
  return { path: `/appointments/${body.id}`, headers: { "If-Match": etag } };
}

const VERBS: Record<string, Measure> = {
  "hold a named slot":
    async ({ call, slot }) =>
    () =>
      call("POST", "/holds", { slotId: slot }),
  "hold the first available":
    async ({ call }) =>
    () =>
      call("POST", "/holds", {}),
  extend: async (turn) => {
    const { id } = await held(turn);
    return () => turn.call("POST", `/holds/${id}/extend`, {});
  },
  release: async (turn) => {
    const { id } = await held(turn);
    return () => turn.call("DELETE", `/holds/${id}`);
  },
  "availability of a week":
    async ({ call }) =>
    () =>
      call("GET", "/availability"),
  confirm: async (turn) => {
    const { id } = await held(turn);
    return () => turn.call("POST", "/appointments", { holdId: id });
  },
  reschedule: async (turn) => {
    const { path, headers } = await booked(turn);
    const { id } = await held({ ...turn, slot: turn.other });
    return () => turn.call("POST", `${path}/reschedule`, { holdId: id }, headers);
  },
  cancel: async (turn) => {
    const { path, headers } = await booked(turn);
    return () => turn.call("POST", `${path}/cancel`, {}, headers);
  },
};

/** The first runs warm the isolate and the connections. */
const WARM = 5;

/** One of each kind in turns, so that other work on the machine affects all of them. */
async function measured(stack: BenchStack, runs: number, kinds: Record<string, Measure>) {
  const names = Object.keys(kinds);
  const empty = () => new Map<string, number[]>(names.map((name) => [name, []]));
  const [times, spent] = [empty(), empty()];
  const turns = runs + WARM;
  for (let n = 0; n < turns; n++) {
    await stack.reset();
    // Slots at different times, because a patient's appointments must not overlap.
    const slots = await stack.freeSlots(names.length * 2, false);
    for (const [kind, name] of names.entries()) {
      if (name.startsWith("naive") && n % NAIVE_EVERY !== 0) continue;
      const call = stack.patients[(n * names.length + kind) % stack.patients.length];
      const [slot, other] = slots.slice(kind * 2);
      const measure = kinds[name];
      if (!call || !slot || !other || !measure) throw new Error("not enough patients or slots");
      const run = await measure({ call, slot, other });
      const before = await stack.databaseMs();
      stack.neon.setRtt(RTT_MS);
      const { ms, result } = await timed(run);
      stack.neon.setRtt(0);
      const { status = 200 } = (result ?? {}) as { status?: number };
      if (status >= 300) throw new Error(`${name} was answered ${status}`);
      if (n >= WARM) times.get(name)?.push(ms);
      if (n >= WARM) spent.get(name)?.push((await stack.databaseMs()) - before);
      await stack.reset();
    }
  }
  return { times, spent };
}

function naive(stack: BenchStack): Record<string, Measure> {
  const url = stack.urls.postgres;
  neonConfig.fetchEndpoint = stack.neon.httpUrl;
  neonConfig.wsProxy = stack.neon.wsProxy;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineTLS = false;
  const transaction =
    (pipeline: "password" | false) =>
    async (slot: string): Promise<void> => {
      neonConfig.pipelineConnect = pipeline;
      const client = new Client(url);
      await client.connect();
      try {
        await client.query("begin");
        await client.query("select id from slots where id = $1 for update skip locked", [slot]);
        await client.query(
          `update slots set hold_id = uuidv7(), held_by = (select id from patients limit 1),
           hold_expires_at = now() + interval '5 minutes' where id = $1`,
          [slot],
        );
        await client.query("commit");
      } finally {
        await client.end();
      }
    };
  const http = neon(url);
  return {
    "naive: transaction over WebSocket": async ({ slot }) => {
      const run = transaction(false);
      return () => run(slot);
    },
    "naive: the same, connecting in one go": async ({ slot }) => {
      const run = transaction("password");
      return () => run(slot);
    },
    "floor: one bare statement over HTTP": async () => () => http.query("select 1"),
  };
}
