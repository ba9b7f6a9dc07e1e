import { Client, neon, neonConfig } from "@neondatabase/serverless";
import { type BenchStack, type Body, type Caller, startBenchStack, timed } from "./bench-stack.ts";
import { inMs, judged, quantile, table } from "./report.ts";

const RTT_MS = 50;
const GOAL = 1.25;

/**
 * P2: a whole request at an injected round trip of 50 ms to the database, in round trips. Beside it, in the same run, what
 * the same hold costs as an interactive transaction, and one bare statement: those from this process, without a Worker.
 */
export async function roundTrips({ runs }: { runs: number }): Promise<void> {
  const stack = await startBenchStack(40);
  try {
    const rows: (string | number)[][] = [["request", "median ms", "p95 ms", "round trips (median / RTT)"]];
    for (const [name, measure] of Object.entries(VERBS)) {
      await stack.reset();
      const times = await measured(stack, runs, measure);
      const median = quantile(times, 0.5);
      rows.push([name, inMs(median), inMs(quantile(times, 0.95)), judged(median / RTT_MS, GOAL)]);
    }
    for (const [name, run] of Object.entries(naive(stack))) {
      await stack.reset();
      const slots = await stack.freeSlots(runs);
      await run(slots[0] ?? "");
      stack.neon.setRtt(RTT_MS);
      const times: number[] = [];
      for (const slot of slots) times.push((await timed(() => run(slot))).ms);
      stack.neon.setRtt(0);
      const median = quantile(times, 0.5);
      rows.push([name, inMs(median), inMs(quantile(times, 0.95)), (median / RTT_MS).toFixed(2)]);
    }
    console.log(
      `P2: ${runs} requests each, one at a time, injected round trip ${RTT_MS} ms, through the Worker in workerd\n`,
    );
    table(rows);
  } finally {
    await stack.close();
  }
}

interface Turn {
  call: Caller;
  slot: string;
}

/** Each makes ready without delay, then says what is to be timed. */
type Measure = (turn: Turn) => Promise<() => Promise<{ status: number }>>;

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

async function measured(stack: BenchStack, runs: number, measure: Measure): Promise<number[]> {
  const slots = await stack.freeSlots(runs + 5, false);
  const times: number[] = [];
  for (const [n, slot] of slots.entries()) {
    const call = stack.patients[n % stack.patients.length];
    if (!call) break;
    const run = await measure({ call, slot });
    stack.neon.setRtt(RTT_MS);
    const { ms, result } = await timed(run);
    stack.neon.setRtt(0);
    if (result.status >= 300) throw new Error(`answered ${result.status}`);
    // The first few warm the isolate and the connections.
    if (n >= 5) times.push(ms);
  }
  return times;
}

function naive(stack: BenchStack): Record<string, (slot: string) => Promise<unknown>> {
  const url = stack.urls.postgres;
  neonConfig.fetchEndpoint = stack.neon.httpUrl;
  neonConfig.wsProxy = stack.neon.wsProxy;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineTLS = false;
  const transaction = (pipeline: "password" | false) => async (slot: string) => {
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
    "naive: transaction over WebSocket": transaction(false),
    "naive: the same, connecting in one go": transaction("password"),
    "floor: one bare statement over HTTP": () => http.query("select 1"),
  };
}
