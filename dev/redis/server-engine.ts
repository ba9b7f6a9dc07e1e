import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { Redis } from "ioredis";
import { RedisError } from "./engine.ts";
import type { Engine, RedisCommand, Reply } from "./engine.ts";

/** The first Redis-compatible server on PATH, or null. */
export function findServer(path = process.env["PATH"] ?? ""): string | null {
  for (const name of ["redis-server", "valkey-server"]) {
    for (const folder of path.split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

/**
 * A real server as a child process, on a Unix socket that only this user can open. Its append-only file is in `dataDir`.
 * It ends when this process ends in any way, and is started again if it dies.
 *
 * @throws Error with the end of the server's log if it does not start.
 */
export async function startServerEngine(options: { program: string; dataDir: string }): Promise<Engine> {
  await mkdir(options.dataDir, { recursive: true });
  // A socket's path may have about 100 characters, which project folders often exceed.
  const socketDir = await mkdtemp(join(tmpdir(), "hf-redis-"));
  const socket = join(socketDir, "s");
  const log = join(options.dataDir, "redis.log");
  let closing = false;
  let running = run(options.program, options.dataDir, socket, log);

  const revive = () => {
    if (closing) return;
    setTimeout(() => {
      if (closing) return;
      running = run(options.program, options.dataDir, socket, log);
      running.child.once("exit", revive);
    }, 200);
  };

  const client = new Redis({
    path: socket,
    lazyConnect: true,
    maxRetriesPerRequest: 3,
    retryStrategy: (attempt) => Math.min(20 * attempt, 500),
  });
  client.on("error", () => {
    // Each command reports its own failure; without a listener the first one would end the process.
  });

  const close = async () => {
    closing = true;
    client.disconnect();
    await running.stop();
    await rm(socketDir, { recursive: true, force: true });
  };
  try {
    await answering(client, running.child);
  } catch (error) {
    await close();
    const tail = (await readFile(log, "utf8").catch(() => "")).trim().split("\n").slice(-5).join("\n");
    throw new Error(`${options.program} did not start: ${String(error)}\n${tail}`, { cause: error });
  }
  running.child.once("exit", revive);

  return {
    kind: "server",
    description: `${options.program} ${await version(client)}`,
    pid: running.child.pid ?? null,
    async pipeline(commands) {
      const pipe = client.pipeline();
      for (const command of commands) pipe.callBuffer(...asIs(command));
      return replies(await pipe.exec());
    },
    close,
  };
}

function run(
  program: string,
  dataDir: string,
  socket: string,
  log: string,
): { child: ChildProcess; stop(): Promise<void> } {
  const settings = {
    port: "0",
    unixsocket: socket,
    unixsocketperm: "700",
    dir: dataDir,
    appendonly: "yes",
    save: "",
    logfile: log,
    loglevel: "notice",
    daemonize: "no",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  // Detached, so that Ctrl-C reaches only this process, which then ends the server in order.
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.once("error", () => child.emit("exit", 1, null));
  // The watchdog holds the other end of a pipe. When this process ends, even by SIGKILL, the pipe closes.
  const farewell = 'read -r _; kill -TERM "$0" 2>/dev/null; rm -rf "$1"';
  const watchdog = spawn("sh", ["-c", farewell, String(child.pid), dirname(socket)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.on("error", () => {});
  watchdog.stdin?.on("error", () => {});
  child.once("exit", () => watchdog.kill("SIGKILL"));
  child.unref();
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return {
    child,
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** Resolves when the server answers; rejects when it has ended or 10 seconds have passed. */
async function answering(client: Redis, child: ChildProcess): Promise<void> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`it ended with code ${String(code)}`);
  });
  ended.catch(() => {});
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      await Promise.race([client.ping(), ended]);
      return;
    } catch (error) {
      if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) throw error;
      // The socket is not there yet, or the append-only file is still being read (LOADING).
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function version(client: Redis): Promise<string> {
  const info = await client.info("server");
  return /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? "of unknown version";
}

/** ioredis converts the replies of commands in lower case (`hgetall`); those in upper case stay as they are. */
function asIs([name, ...args]: RedisCommand): RedisCommand {
  return [name.toUpperCase(), ...args];
}

function replies(results: [error: Error | null, result: unknown][] | null): Reply[] {
  return (results ?? []).map(([error, result]) => (error === null ? (result as Reply) : new RedisError(error.message)));
}
