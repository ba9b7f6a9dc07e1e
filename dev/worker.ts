import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { ROOT, type Build } from "./build.ts";
import { LOOPBACK, claimPort } from "./postgres/port.ts";
import { guardRuntime } from "./worker/guard.ts";

/**
 * Cloudflare's memory limit of an isolate, MB. V8 gets it too, so that a Worker that needs more also ends in every test and
 * bench.
 */
export const HEAP_MB = 128;
// Miniflare passes these to workerd.
process.env["MINIFLARE_WORKERD_V8_FLAGS"] ??= `--max-heap-size=${HEAP_MB}`;

/** A rate limiter's limit, by its binding's name and the one that ships. */
export type LimitOf = (name: string, shipped: number) => number;

export interface WorkerOptions {
  /** From `buildAll`. */
  build: Build;
  /** 0 picks a free one. */
  port: number;
  /** The Worker's vars and secrets; nothing else reaches it. */
  env: Record<string, string>;
  /** The limit of a rate limiter, by its binding's name and the limit of wrangler.toml. Nothing is limited unless given. */
  limitOf?: LimitOf;
  /** Called with everything that the Worker writes to its console, in order. */
  onLog?: (line: WorkerLog) => void;
}

/** One console call of the Worker. */
export interface WorkerLog {
  level: string;
  message: string;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** The built Worker in workerd with the apps' files, as Cloudflare runs it. */
export interface RunningWorker {
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The address of a socket without the Workers that miniflare puts in front of ours: no files. Changes with a restart. */
  directUrl(): Promise<string>;
  /** workerd's process id; changes with a restart. */
  readonly pid: number;
  /** Runs the scheduled handler like the trigger of a cron expression. @returns "ok" or why it failed */
  scheduled(cron: string, at?: Date): Promise<string>;
  /** Kills workerd (SIGKILL) like a power failure: requests in flight are cut, `waitUntil` work is lost. */
  kill(): Promise<void>;
  /** Starts again on the same port, after `kill` or without it. The isolate's state is new. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs the built Worker on 127.0.0.1. Any number may run at once; none survives this process.
 * @throws {PortTakenError} when the port is taken
 * @throws when workerd does not start (with its reason)
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const port = await claimPort("the app", options.port);
  const url = `http://${LOOPBACK}:${port}`;
  const onLog = options.onLog ?? (() => {});
  let running: Runtime | undefined = await startRuntime(options, port, onLog);

  const kill = async (): Promise<void> => {
    const dying = running;
    running = undefined;
    await dying?.kill();
  };
  return {
    url,
    port,
    async directUrl() {
      if (!running) throw new Error("The Worker is not running.");
      return (await running.miniflare.unsafeGetDirectURL()).origin;
    },
    get pid() {
      if (!running) throw new Error("The Worker is not running.");
      return running.pid();
    },
    async scheduled(cron, at = new Date()) {
      if (!running) throw new Error("The Worker is not running.");
      const worker = await running.miniflare.getWorker();
      const { outcome } = await worker.scheduled({ cron, scheduledTime: at });
      return outcome;
    },
    kill,
    async restart() {
      await kill();
      running = await startRuntime(options, port, onLog);
    },
    close: kill,
  };
}

interface Runtime {
  miniflare: Miniflare;
  pid(): number;
  kill(): Promise<void>;
}

async function startRuntime(
  { build, env, limitOf }: WorkerOptions,
  port: number,
  onLog: (line: WorkerLog) => void,
): Promise<Runtime> {
  const { runtimeEnv, pidFile } = guardRuntime(randomUUID());
  const miniflare = keepingSignals(
    () =>
      new Miniflare(
        convertV4MiniflareOptions({
          host: LOOPBACK,
          port,
          // Otherwise miniflare asks Cloudflare for this machine's location.
          cf: false,
          logRequests: false,
          log: new Log(LogLevel.NONE),
          telemetry: { enabled: false },
          handleStructuredLogs: onLog,
          unsafeRuntimeEnv: runtimeEnv,
          workers: [
            {
              ...build.options,
              ratelimits: limitOf ? withLimits((build.options["ratelimits"] ?? {}) as RateLimits, limitOf) : {},
              name: "holdfast",
              rootPath: ROOT,
              unsafeDirectSockets: [{ host: LOOPBACK, port: 0 }],
              modulesRoot: "/",
              modules: [{ type: "ESModule", path: "/index.js", contents: build.script }],
              bindings: env,
            },
          ],
        }),
      ),
  );
  const pid = (): number => Number(readFileSync(pidFile, "utf8"));
  try {
    await miniflare.ready;
  } catch (error) {
    await miniflare.dispose().catch(() => {});
    await rm(pidFile, { force: true });
    throw error;
  }
  return {
    miniflare,
    pid,
    async kill() {
      try {
        process.kill(pid(), "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
      // In the same turn, so that miniflare does not see a crash and start workerd again.
      await miniflare.dispose();
      await rm(pidFile, { force: true });
    },
  };
}

type RateLimits = Record<string, { namespace_id: string; simple: { limit: number; period?: 10 | 60 } }>;

function withLimits(limits: RateLimits, limitOf: LimitOf): RateLimits {
  return Object.fromEntries(
    Object.entries(limits).map(([name, { simple, ...rest }]) => [
      name,
      { ...rest, simple: { ...simple, limit: limitOf(name, simple.limit) } },
    ]),
  );
}

/**
 * Miniflare ends the process at once on SIGINT and SIGTERM. Its handlers are removed, because the caller ends the parts in
 * order, and the guard ends workerd in any case.
 */
function keepingSignals<Result>(create: () => Result): Result {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  const result = create();
  for (const [index, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.off(signal, listener);
    }
  }
  return result;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
