// Used by bootstrap.mjs, which runs on any Node (>= 20): no TypeScript here.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "moved.c");
const COMPILERS = ["cc", "gcc", "clang"];
/** The furthest that the clock may be moved, seconds: a hundred years. */
const FURTHEST = 100 * 366 * 86_400;

/**
 * The environment by which every program of the local stack sees the clock of HOLDFAST_CLOCK (an instant or a number of
 * seconds). Empty when it is not set. The instant becomes seconds, so that all programs are moved by the same amount. Timers
 * and everything else that counts monotonic time stay as they are.
 * @param {Record<string, string | undefined>} env
 * @param {string} folder where the compiled library is kept
 * @returns {Record<string, string>}
 * @throws {Error} in words for people when HOLDFAST_CLOCK cannot be read or the clock cannot be moved here
 */
export function movedClock(env, folder) {
  const wanted = env.HOLDFAST_CLOCK;
  if (!wanted) return {};
  const seconds = secondsOf(wanted);
  const library = compiled(folder);
  const others = (env.LD_PRELOAD ?? "").split(/[: ]/).filter((path) => path && path !== library);
  const moved = {
    HOLDFAST_CLOCK: `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}s`,
    LD_PRELOAD: [library, ...others].join(":"),
  };
  // Started by a program that is moved already: HOLDFAST_CLOCK is the number of seconds that it runs with.
  if (env.LD_PRELOAD?.includes(library)) return moved;
  const seen = spawnSync(process.execPath, ["-p", "Date.now()"], { env: { ...env, ...moved }, encoding: "utf8" });
  if (Math.abs(Number(seen.stdout) - Date.now() - seconds * 1000) < 60_000) return moved;
  throw new Error(`HOLDFAST_CLOCK has no effect here: programs do not load ${library}. ${seen.stderr}`.trim());
}

/** @param {string} wanted `+90s`, `-90s` or an RFC 3339 instant */
function secondsOf(wanted) {
  const offset = /^([+-]\d{1,10})s$/.exec(wanted);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(wanted);
  const until = isInstant ? Math.round((Date.parse(wanted) - Date.now()) / 1000) : Number.NaN;
  const seconds = offset ? Number(offset[1]) : until;
  if (Math.abs(seconds) <= FURTHEST) return seconds;
  throw new Error(`HOLDFAST_CLOCK is "${wanted}"; it takes +90s, -90s or an instant (2027-03-28T00:30:00Z).`);
}

/** The library's path, compiled if its source is new. */
function compiled(folder) {
  const hash = createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 16);
  const library = join(folder, `moved-clock-${hash}.so`);
  if (existsSync(library)) return library;
  mkdirSync(folder, { recursive: true });
  const draft = `${library}.${process.pid}`;
  for (const compiler of COMPILERS) {
    const run = spawnSync(compiler, ["-O2", "-shared", "-fPIC", "-o", draft, SOURCE], { encoding: "utf8" });
    if (run.error) continue;
    if (run.status !== 0) throw new Error(`${compiler} could not compile ${SOURCE}: ${run.stderr}`);
    renameSync(draft, library);
    return library;
  }
  throw new Error("HOLDFAST_CLOCK needs Linux and a C compiler (Debian: apt-get install gcc libc6-dev).");
}
