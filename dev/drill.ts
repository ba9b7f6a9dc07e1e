import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auditTampered } from "./drill/audit.ts";
import { databaseGone, databaseSlow } from "./drill/database.ts";
import { badDeploy } from "./drill/deploy.ts";
import { keysRotated } from "./drill/keys.ts";
import { archiving, restored } from "./drill/restore.ts";
import { type Drill, Scene } from "./drill/scene.ts";
import { mailRefused, queueGone, redisGone } from "./drill/services.ts";
import { zonesChanged } from "./drill/zones.ts";
import { startStack } from "./stack.ts";

/** The incidents of docs/runbook.md. */
const DRILLS: Record<string, Drill> = {
  "database-gone": databaseGone,
  "database-slow": databaseSlow,
  "redis-gone": redisGone,
  "queue-gone": queueGone,
  "mail-refused": mailRefused,
  "keys-rotated": keysRotated,
  "bad-deploy": badDeploy,
  restore: restored,
  "audit-tampered": auditTampered,
  "zones-changed": zonesChanged,
};

const USAGE = `Usage: npm run drill -- [name ...]

Plays incidents of docs/runbook.md on a local stack of its own: the symptom, the remedy, the recovery. All, or the named:
  ${Object.keys(DRILLS).join(", ")}`;

/** @returns the number of checks that failed */
async function play(names: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-drill-"));
  // Postgres may run as another user, and archives its log here.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "wal"));
  chmodSync(join(folder, "wal"), 0o777);
  const log: string[] = [];
  const stack = await startStack({
    firstPort: 0,
    dataDir: join(folder, "stack"),
    crons: false,
    redisEngine: "memory",
    postgresSettings: archiving(folder),
    onLog: (line) => log.push(line.message),
  });
  try {
    const scene = new Scene({ stack, log, folder });
    for (const name of names) {
      const drill = DRILLS[name];
      if (!drill) throw new Error(`There is no drill "${name}".\n${USAGE}`);
      scene.begin(drill.title);
      await drill.run(scene);
    }
    return scene.failures;
  } finally {
    await stack.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(DRILLS, name));
if (unknown.length > 0) {
  console.error(USAGE);
  process.exit(unknown.includes("--help") ? 0 : 2);
}
const failures = await play(names.length > 0 ? names : Object.keys(DRILLS));
console.log(failures === 0 ? "\nAll as it should be." : `\n${failures} checks failed.`);
process.exit(failures === 0 ? 0 : 1);
