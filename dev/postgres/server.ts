import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { startGuard } from "#dev/guard.ts";
import type { Account } from "./account.ts";

/** How Postgres stops: it rolls back open transactions (fast), or ends like a crash (immediate). */
export type StopMode = "fast" | "immediate";

/** A running Postgres process with its guard, which survives this process. */
export interface Server {
  pid: number;
  stop(mode: StopMode): Promise<void>;
}

const SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT" } as const;

// A line means "no longer needed".
const GUARD = `
trap '' INT TERM HUP
read -r _ && exit 0
kill -INT "$1" || exit 0
n=0
while kill -0 "$1" && [ "$n" -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
kill -QUIT "$1"
`;

/** Starts Postgres and resolves when it accepts connections, after crash recovery if needed. */
export async function startServer(
  account: Account,
  program: string,
  programArgs: string[],
  onLog: (line: string) => void,
): Promise<Server> {
  // Both have their own sessions: Ctrl-C in the terminal reaches only the stack, which stops them in order.
  const line = account.as(program, programArgs);
  const child = spawn(line.command, line.args, {
    ...line.options,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = once(child, "close");
  await once(child, "spawn");
  const pid = child.pid!;
  const guard = startGuard(GUARD, String(pid));
  child.once("close", () => guard.end("done\n"));

  await ready(child, onLog);
  return { pid, stop: (mode) => stop(child, gone, mode) };
}

function ready(child: ChildProcess, onLog: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const tail: string[] = [];
    createInterface({ input: child.stderr! }).on("line", (line) => {
      onLog(line);
      tail.push(line);
      if (tail.length > 20) tail.shift();
      if (line.includes("database system is ready to accept connections")) resolve();
    });
    child.once("close", () => {
      const reason = tail.find((line) => line.includes("FATAL:")) ?? tail.join("\n");
      reject(new Error(`Postgres did not start: ${reason}`));
    });
  });
}

async function stop(child: ChildProcess, gone: Promise<unknown>, mode: StopMode): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(SIGNALS[mode]);
  const late = new AbortController();
  const escalate = sleep(10_000, undefined, { signal: late.signal }).then(
    () => child.kill("SIGQUIT"),
    () => {},
  );
  await gone;
  late.abort();
  await escalate;
}
