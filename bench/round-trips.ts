import { Client, neon, neonConfig } from "@neondatabase/serverless";
import { type BenchStack, type Body, type Caller, startBenchStack, timed } from "./bench-stack.ts";
import { inMs, judged, quantile, table } from "./report.ts";

const RTT_MS = 50;
const GOAL = 1.2;

/**
 * P2: a whole request at an injected round trip of 50 ms to the database, in round trips. In the same run, from this process
 * and without a Worker: the same hold as an interactive transaction, and a single statement.
 */
export async function roundTrips({ runs }: { runs: number }): Promise<void> {
  const stack = await startBenchStack(40);
  try {
    const kinds = { ...VERBS, ...naive(stack) };
    const times = await measured(stack, runs, kinds);
    const rows: (string | number)[][] = [["request", "median ms", "p95 ms", "round trips (median / RTT)"]];
    for (const name of Object.keys(kinds)) {
      const of = times.get(name) ?? [];
      const median = quantile(of, 0.5);
      const ratio = name in VERBS ? judged(median / RTT_MS, GOAL) : (median / RTT_MS).toFixed(2);
      rows.push([name, inMs(median), inMs(quantile(of, 0.95)), ratio]);
    }
    console.log(`P2: ${runs} of each by turns, injected round trip ${RTT_MS} ms, through the Worker in workerd\n`);
    table(rows);
  } finally {
    await stack.close();
  }
}

interface Turn {
  call: Caller;
  slot: string;
}

/** Each prepares without delay and returns the work to measure. */
type Measure = (turn: Turn) => Promise<() => Promise<unknown>>;

const held = async ({ call, slot }: Turn): Promise<Body> => (await call("POST", "/holds", { slotId: slot })).body;

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
};

/** The first runs warm the isolate and the connections. */
const WARM = 5;

/** One of each kind in turns, so that other work on the machine affects all of them. */
async function measured(stack: BenchStack, runs: number, kinds: Record<string, Measure>) {
  const names = Object.keys(kinds);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  const turns = runs + WARM;
  // Slots at different times, because confirmed appointments stay and a patient's must not overlap.
  const slots = await stack.freeSlots(turns * 2, false);
  for (let n = 0; n < turns; n++) {
    await stack.reset();
    for (const [kind, name] of names.entries()) {
      const call = stack.patients[(n * names.length + kind) % stack.patients.length];
      const slot = slots[n * 2 + (name === "confirm" ? 1 : 0)];
      const measure = kinds[name];
      if (!call || !slot || !measure) throw new Error("not enough patients or slots");
      const run = await measure({ call, slot });
      stack.neon.setRtt(RTT_MS);
      const { ms, result } = await timed(run);
      stack.neon.setRtt(0);
      const { status = 200 } = (result ?? {}) as { status?: number };
      if (status >= 300) throw new Error(`${name} was answered ${status}`);
      if (n >= WARM) times.get(name)?.push(ms);
      await stack.reset();
    }
  }
  return times;
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
