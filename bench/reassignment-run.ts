import { solve } from "#domain/reassignment/plan.ts";
import { greedy } from "#test/domain/naive-reassignment.ts";
import { openOracle } from "#test/support/assignment-oracle.ts";
import { displacedClinic } from "#test/support/displaced-clinic.ts";

/** The result of one run of the solver; costs in sixtieths of a point. */
export interface Solved {
  displaced: number;
  slots: number;
  placed: number;
  cost: number;
  bound: number;
  ms: number;
  cpuMs: number;
  /** The process's maximum memory, beyond its memory before the input was made. */
  peakMB: number;
  greedy: { placed: number; cost: number; ms: number };
  /** The relaxation's optimum: a lower bound for plans that place as many. */
  linear?: { cost: number; ms: number };
}

const [displaced = 0, freeEach, seed = 1] = process.argv.slice(2, 5).map(Number);
const before = process.memoryUsage.rss();
const given = displacedClinic({ displaced, freeEach: freeEach ?? 10, seed });
const cpu = process.cpuUsage();
const start = performance.now();
const { proof } = solve(given);
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const peakMB = (process.resourceUsage().maxRSS * 1024 - before) / 1e6;

const startGreedy = performance.now();
const byTurns = greedy(given);
const result: Solved = {
  displaced: given.displaced.length,
  slots: given.candidates.length,
  ...proof,
  ms,
  cpuMs: (user + system) / 1000,
  peakMB,
  greedy: { ...byTurns, ms: performance.now() - startGreedy },
};
if (process.argv[5] === "true") {
  const oracle = await openOracle();
  const startLinear = performance.now();
  result.linear = { cost: oracle.relaxed(given).cost, ms: performance.now() - startLinear };
}
console.log(JSON.stringify(result));
