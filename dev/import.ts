import { createHash } from "node:crypto";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Api, send } from "./import/api.ts";
import { partsOf } from "./import/files.ts";

const USAGE = `Usage: npm run import -- --source NAME [--dry-run] [--notify] [--name NAME] [--report FILE] FILE ...
       npm run import -- --undo ID

Brings the data of another system into the clinic (docs/imports.md). A FILE is called by what it has: doctors.csv,
patients.csv, schedules.csv, appointments.csv, or .jsonl. After an interruption the same command goes on where it stopped.

  --source NAME  the other system: an id of it is imported once
  --dry-run      judges every row and writes none
  --notify       patients get a mail about each appointment to come
  --name NAME    the import's name; left out, the source with a hash of the files
  --report FILE  writes a line of JSON for each row that has findings
  --undo ID      takes an import back, as long as nothing was built on it

HOLDFAST_URL is the clinic's address (left out: that of the running stack), HOLDFAST_TOKEN an administrator's access token.`;

interface Report {
  import: { id: string };
  rows: { kind: string; row: number; state: string; findings: { code: string; field?: string; detail: string }[] }[];
}

const stackFile = z.object({ urls: z.object({ api: z.string() }) });

function apiOf(dataDir: string): Api {
  const token = process.env["HOLDFAST_TOKEN"];
  if (!token) throw new Error("HOLDFAST_TOKEN is not set: an administrator's access token.");
  const given = process.env["HOLDFAST_URL"];
  if (given) return { url: `${given.replace(/\/$/, "")}/api/v1`, token };
  const file = join(dataDir, "stack.json");
  try {
    return { url: stackFile.parse(JSON.parse(readFileSync(file, "utf8"))).urls.api, token };
  } catch (cause) {
    throw new Error(`Set HOLDFAST_URL, or start the stack: there is no usable ${file}.`, { cause });
  }
}

/** @returns 1 if a row was refused */
async function bring(api: Api, files: string[], options: Options): Promise<number> {
  const parts = partsOf(files);
  const hash = createHash("sha256");
  for (const { kind, content } of parts) hash.update(`${kind}\0${content}\0`);
  // A dry run is a new look at the clinic as it is now.
  const suffix = options.dryRun ? `dry run ${new Date().toISOString()}` : hash.digest("hex").slice(0, 12);
  const name = options.name ?? `${options.source} ${suffix}`;
  const file = options.report === undefined ? null : createWriteStream(options.report);
  const counts = new Map<string, number>();
  let id = "";
  for (const part of parts) {
    const { source, dryRun, notify } = options;
    const report = await send<Report>(api, "POST", "/imports", { name, source, dryRun, notify, ...part });
    ({ id } = report.import);
    for (const row of report.rows) {
      const key = `${row.kind} ${row.state}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (row.findings.length > 0) file?.write(`${JSON.stringify(row)}\n`);
      if (row.state !== "refused") continue;
      for (const { field, code, detail } of row.findings) {
        console.log(`${row.kind} row ${row.row}${field ? `, ${field}` : ""}: ${code}: ${detail}`);
      }
    }
  }
  file?.end();
  for (const [key, count] of counts) console.log(`${key}: ${count}`);
  console.log(`${options.dryRun ? "Dry run" : "Import"} ${id} "${name}"`);
  return [...counts.keys()].some((key) => key.endsWith(" refused")) ? 1 : 0;
}

interface Options {
  source: string;
  dryRun: boolean;
  notify: boolean;
  name: string | undefined;
  report: string | undefined;
}

async function takeBack(api: Api, id: string): Promise<number> {
  for (;;) {
    const { phase, remaining } = await send<{ phase: string; remaining: number }>(
      api,
      "POST",
      `/imports/${id}/undo`,
      {},
    );
    console.log(`${phase}, ${remaining} rows remain`);
    if (remaining === 0) return 0;
  }
}

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      source: { type: "string" },
      name: { type: "string" },
      report: { type: "string" },
      undo: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      notify: { type: "boolean", default: false },
      data: { type: "string", default: ".holdfast" },
      help: { type: "boolean", default: false },
    },
  });
}

try {
  const { values, positionals } = readArguments();
  const { source, "dry-run": dryRun, notify, name, report, undo } = values;
  if (values.help) console.log(USAGE);
  else if (undo !== undefined) process.exitCode = await takeBack(apiOf(values.data), undo);
  else if (source === undefined || positionals.length === 0) throw new Error(USAGE);
  else process.exitCode = await bring(apiOf(values.data), positionals, { source, dryRun, notify, name, report });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
