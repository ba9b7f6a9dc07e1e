import { relative, resolve } from "node:path";
import { parseArgs, styleText } from "node:util";
import type { Stack } from "./stack.ts";
import type { LimitOf } from "./worker.ts";

const USAGE = `Usage: npm start -- [options]

Starts Holdfast on this machine with everything it needs, and a clinic to try it on.

  --port N     the app's port; the other parts take the six ports after it (8787)
  --data DIR   where data live across restarts (.holdfast)
  --fresh      forget the data and seed again
  --limits     count requests against the rate limits that ship
  --help       this text`;

interface Arguments {
  firstPort: number;
  dataDir: string;
  fresh: boolean;
  limitOf?: LimitOf;
  help: boolean;
}

const OPTIONS = {
  port: { type: "string", default: "8787" },
  data: { type: "string", default: ".holdfast" },
  fresh: { type: "boolean", default: false },
  limits: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** @throws Error with a message for the terminal for an unknown argument */
function readArguments(args: string[]): Arguments {
  const { values } = parseArgs({ args, options: OPTIONS });
  const firstPort = Number(values.port);
  if (!/^\d+$/.test(values.port) || firstPort < 1 || firstPort > 65_535 - 6) {
    throw new Error(`--port must be a number from 1 to ${65_535 - 6}, not "${values.port}".`);
  }
  if (values.data === "") throw new Error("--data needs the name of a folder.");
  const limits = values.limits ? { limitOf: (_: string, shipped: number) => shipped } : {};
  return { firstPort, dataDir: values.data, fresh: values.fresh, ...limits, help: values.help };
}

function understood(read: () => Arguments): Arguments {
  try {
    return read();
  } catch (error) {
    throw new Error(`${(error as Error).message}\nnpm start -- --help lists the options.`, { cause: error });
  }
}

/** The addresses and accounts to begin with, in one screen. */
function summary(stack: Stack, dataDir: string, seconds: string): string {
  const { urls, accounts } = stack;
  const range = (role: string): string => {
    const names = accounts.filter((account) => account.role === role).map(({ account }) => account);
    return names.length > 1 ? `${names[0]} ... ${names.at(-1)}` : (names[0] ?? "none");
  };
  const rows = [
    ["Patients", urls.patientApp],
    ["API docs", urls.docs],
    ["Inbox", urls.inbox],
    ["Queue", `${urls.qstash}/`],
    ["Login provider", urls.issuer],
    ["Redis", `${urls.redisRest} (${stack.redis.engine.description})`],
  ];
  return [
    `ready in ${seconds} s`,
    "",
    ...rows.map(([name = "", value]) => `  ${name.padEnd(18)} ${value}`),
    "",
    `  ${"Log in as".padEnd(18)} ${["patient", "doctor", "staff"].map(range).join(", ")} (no password)`,
    `  ${"A token for curl".padEnd(18)} npm run -s token -- patient1`,
    `  ${"Data, logs, URLs".padEnd(18)} ${shortest(dataDir)}/ (all of this is in stack.json)`,
    "",
    "Ctrl-C stops everything; data stay.",
  ].join("\n");
}

/** The folder relative to the current one. */
function shortest(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path === "" || path.startsWith("..") ? resolve(folder) : path;
}

async function main(): Promise<void> {
  const began = performance.now();
  const { help, ...options } = understood(() => readArguments(process.argv.slice(2)));
  if (help) return console.log(USAGE);

  // The folder has keys and personal data: other users may pass through it (Postgres must) but not read it.
  process.umask(0o066);

  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => {
    const ask = (): void => {
      // A second signal ends at once; the parts' guards leave nothing behind.
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
    // The launcher is gone, and with it the way to stop this process.
    process.on("disconnect", ask);
  });

  // Imported late, because it takes a second to load, and --help and wrong options need not wait.
  const { startStack } = await import("./stack.ts");
  const stack = await startStack({
    ...options,
    signal: stopping.signal,
    onStep: (text) => console.log(styleText("dim", `${text} ...`)),
    onLog: ({ level, message }) => {
      if (level === "error" || level === "warn") console.error(message);
    },
  }).catch((error: Error) => {
    if (stopping.signal.aborted) return undefined;
    throw error;
  });
  if (stack) {
    console.log(`\n${summary(stack, options.dataDir, ((performance.now() - began) / 1000).toFixed(1))}`);
    await asked;
    console.log("Stopping ...");
    await stack.close();
  }
  process.exit(0);
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
