import { type BenchStack, startBenchStack, timed } from "./bench-stack.ts";
import { inMs, judged, quantile, table } from "./report.ts";

const CLIENTS = 64;

/** P3 and P4: patients do not wait for competitors, are not refused while a slot is free, and are served equally fast. */
export async function contention({ rounds }: { rounds: number }): Promise<void> {
  const stack = await startBenchStack(CLIENTS);
  try {
    // Warms the isolate, its keys and the database's connections before the first measurement.
    for (let warm = 0; warm < 3; warm++) await Promise.all(stack.patients.map((call) => call("GET", "/availability")));
    await rivals(stack, rounds);
    await firstAvailable(stack, rounds);
    await throughput(stack);
  } finally {
    await stack.close();
  }
}

/** All clients send at once, each for its slot by `slotOf`. */
async function allAtOnce(stack: BenchStack, slotOf: (client: number) => string) {
  return Promise.all(
    stack.patients.map(async (call, n) => {
      const { ms, result } = await timed(() => call("POST", "/holds", { slotId: slotOf(n) }));
      return { ms, status: result.status };
    }),
  );
}

async function rivals(stack: BenchStack, rounds: number): Promise<void> {
  const [winners, losers, alone]: [number[], number[], number[]] = [[], [], []];
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    // Both kinds of round in turns, so that other work on the machine affects both.
    await stack.reset();
    const slots = await stack.freeSlots(CLIENTS + 1);
    const apart = await allAtOnce(stack, (n) => slots[n] ?? "");
    wrong += apart.filter(({ status }) => status !== 201).length;
    alone.push(...apart.map(({ ms }) => ms));
    await stack.reset();
    const together = await allAtOnce(stack, () => slots[CLIENTS] ?? "");
    const won = together.filter(({ status }) => status === 201);
    const lost = together.filter(({ status }) => status === 409);
    wrong += Math.abs(won.length - 1) + Math.abs(lost.length - (CLIENTS - 1));
    winners.push(...won.map(({ ms }) => ms));
    losers.push(...lost.map(({ ms }) => ms));
  }
  console.log(`P3: ${CLIENTS} clients at once, ${rounds} rounds; answers that should not be: ${wrong}\n`);
  table([
    ["", "answers", "p50 ms", "p99 ms"],
    ...(
      [
        ["different slots", alone],
        ["one slot, winners", winners],
        ["one slot, losers (with three alternatives)", losers],
      ] as const
    ).map(([name, times]) => [name, times.length, inMs(quantile(times, 0.5)), inMs(quantile(times, 0.99))]),
    ["losers' p99 / different slots' p99", "", "", judged(quantile(losers, 0.99) / quantile(alone, 0.99), 1.2)],
  ]);
}

async function firstAvailable(stack: BenchStack, rounds: number): Promise<void> {
  let refused = 0;
  let twice = 0;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await stack.reset();
    const free = await stack.freeSlots(CLIENTS);
    // As many slots as clients.
    await stack.owner.query(
      "update slots set status = 'closed', closed_by = 'staff' where status = 'open' and appointment_id is null and id <> all($1)",
      [free],
    );
    const replies = await Promise.all(stack.patients.map((call) => timed(() => call("POST", "/holds", {}))));
    times.push(...replies.map(({ ms }) => ms));
    refused += replies.filter(({ result }) => result.status !== 201).length;
    const got = replies.flatMap(({ result }) => (result.body.slot ? [result.body.slot.id] : []));
    twice += got.length - new Set(got).size;
    await stack.owner.query("update slots set status = 'open', closed_by = null where closed_by = 'staff'");
  }
  console.log(`P4: ${CLIENTS} clients ask for the first available of ${CLIENTS} free slots, ${rounds} rounds\n`);
  table([
    ["asked", "refused (goal 0)", "given twice (goal 0)", "p50 ms", "p99 ms"],
    [times.length, refused, twice, inMs(quantile(times, 0.5)), inMs(quantile(times, 0.99))],
  ]);
}

/** Holds of different slots by growing numbers of clients, each of which sends the next hold after its answer. */
async function throughput(stack: BenchStack): Promise<void> {
  const HOLDS = 640;
  const rows: [number, number, number][] = [];
  for (const clients of [1, 2, 4, 8, 16, 32, 64]) {
    await stack.reset();
    const queue = await stack.freeSlots(HOLDS);
    let refused = 0;
    const { ms } = await timed(() =>
      Promise.all(
        stack.patients.slice(0, clients).map(async (call) => {
          for (let slot = queue.shift(); slot !== undefined; slot = queue.shift()) {
            if ((await call("POST", "/holds", { slotId: slot })).status !== 201) refused++;
          }
        }),
      ),
    );
    rows.push([clients, (HOLDS / ms) * 1000, refused]);
  }
  const best = Math.max(...rows.map(([, rate]) => rate));
  const at64 = rows.at(-1)?.[1] ?? 0;
  console.log(`P4: ${HOLDS} holds of different slots, by as many clients\n`);
  table([
    ["clients", "holds a second", "refused (goal 0)"],
    ...rows.map(([clients, rate, refused]) => [clients, rate.toFixed(0), refused]),
    ["64 clients / best", judged(at64 / best, 0.9, "more"), ""],
  ]);
}
