import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Anchor, verifyAudit } from "./audit/verify.ts";
import { connected } from "./migrate.ts";

const USAGE = `Usage: npm run audit:verify -- [--data DIR] [--anchor NUMBER:HASH ...] [--log FILE ...]
                               [--from NUMBER:HASH]

Checks the audit trail's hash chain and every entry against it. The database is DATABASE_OWNER_URL, or that of the
running stack. An end that was cut off together with its seals can be found only by what is kept elsewhere: the last
line of an earlier run (--anchor), or the Worker's log with its "audit-sealed" lines (--log).
--from computes only the hashes after a seal up to which an earlier run has found all in order.`;

const stackFile = z.object({ urls: z.object({ postgres: z.string() }) });

function readArguments() {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: ".holdfast" },
      anchor: { type: "string", multiple: true, default: [] },
      log: { type: "string", multiple: true, default: [] },
      from: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  return values;
}

function databaseUrl(dataDir: string): string {
  const given = process.env["DATABASE_OWNER_URL"];
  if (given) return given;
  const file = join(dataDir, "stack.json");
  try {
    return stackFile.parse(JSON.parse(readFileSync(file, "utf8"))).urls.postgres;
  } catch (cause) {
    throw new Error(`Set DATABASE_OWNER_URL, or start the stack: there is no usable ${file}.`, { cause });
  }
}

function readAnchor(text: string): Anchor {
  const [, number, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!number || !hash) throw new Error(`"${text}" is not an anchor: NUMBER:HASH, as this command prints it.`);
  return { number: Number(number), hash };
}

/** The seals in a log of the Worker, in any format that contains its lines. */
function anchorsIn(file: string): Anchor[] {
  const found = readFileSync(file, "utf8").matchAll(/\\?"seal\\?":\s*\\?"(\d+:[0-9a-f]{64})/g);
  return [...found].map(([, text]) => readAnchor(text ?? ""));
}

try {
  const values = readArguments();
  if (values.help) {
    console.log(USAGE);
  } else {
    const anchors = [...values.anchor.map(readAnchor), ...values.log.flatMap(anchorsIn)];
    const from = values.from === undefined ? null : readAnchor(values.from);
    const report = await connected(databaseUrl(values.data), (client) => verifyAudit(client, anchors, from));
    for (const finding of report.findings) console.error(finding);
    const { seals, sealed, waiting, erased, last } = report;
    console.log(
      `${sealed} entries under ${seals} seals, ${waiting} waiting to be sealed, ${erased} erased with their patients, ` +
        `${anchors.length} anchors compared.`,
    );
    if (report.findings.length > 0) {
      console.error(`The audit trail is NOT as it was written: ${report.findings.length} findings.`);
      process.exitCode = 1;
    } else {
      console.log("The audit trail is as it was written.");
      if (last) console.log(`Keep this outside the database: --anchor ${last.number}:${last.hash}`);
    }
  }
} catch (error) {
  console.error((error as Error).message);
  console.error(USAGE);
  process.exitCode = 2;
}
