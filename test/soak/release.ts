import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { type Functions, installFunctions } from "#dev/functions.ts";
import { connected, migrate } from "#dev/migrate.ts";
import { withMigrations } from "#test/support/later-migrations.ts";
import type { Api } from "#test/support/stack.ts";

const BREAK = "\n--> statement-breakpoint\n";

/** One migration of each kind that `dev/migrate/rules.ts` allows on a table in use, in the order of a release. */
export const LATER: Record<string, string> = {
  column: `ALTER TABLE "slots" ADD COLUMN "later" integer DEFAULT 0 NOT NULL;${BREAK}ALTER TABLE "appointments" ADD COLUMN "later" text;`,
  index: `-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS "slots_later";${BREAK}CREATE INDEX CONCURRENTLY "slots_later" ON "slots" ("later");`,
  constraint: `ALTER TABLE "slots" ADD CONSTRAINT "later_not_negative" CHECK ("later" >= 0) NOT VALID;`,
  validation: `-- outside a transaction\nALTER TABLE "slots" VALIDATE CONSTRAINT "later_not_negative";`,
  trigger: `CREATE FUNCTION mark_later() RETURNS trigger LANGUAGE plpgsql AS $$ begin new.later := 'yes'; return new; end $$;${BREAK}
CREATE TRIGGER "mark_later" BEFORE INSERT ON "appointments" FOR EACH ROW EXECUTE FUNCTION mark_later();`,
  table: `CREATE TABLE "later" ("id" integer PRIMARY KEY, "slot_id" uuid REFERENCES "slots" ("id"));`,
};

/** What the clients of a release saw. */
export interface Served {
  requests: number;
  bookings: number;
  /** Answers other than they must be, and requests without an answer. */
  failed: string[];
  /** The longest time that a client waited for an answer, milliseconds. */
  longestMs: number;
}

/** Patients read free times, hold the first and confirm it, each at one Worker and then another, while `work` runs. */
export async function serveDuring(patients: readonly Api[][], work: () => Promise<void>): Promise<Served> {
  const served: Served = { requests: 0, bookings: 0, failed: [], longestMs: 0 };
  const over = new AbortController();
  const ask = async (api: Api, expected: number, ...what: Parameters<Api>): Promise<string | undefined> => {
    const began = performance.now();
    const reply = await api(...what).catch((error: Error) => ({ status: 0, body: { code: error.message } }));
    served.longestMs = Math.max(served.longestMs, performance.now() - began);
    served.requests += 1;
    if (reply.status === expected) return reply.body.id;
    served.failed.push(`${what[0]} ${what[1]}: ${reply.status} ${reply.body.code}`);
    return undefined;
  };
  const serve = async (workers: Api[], n: number): Promise<void> => {
    for (let turn = n; !over.signal.aborted; turn++) {
      const at = (step: number): Api => workers[(turn + step) % workers.length]!;
      await ask(at(0), 200, "GET", "/availability?limit=50");
      const holdId = await ask(at(0), 201, "POST", "/holds", {});
      if (holdId && (await ask(at(1), 201, "POST", "/appointments", { holdId }))) served.bookings += 1;
      // A person takes a moment too. So the machine measures waits for locks, and less for processors.
      await sleep(100);
    }
  };
  const clients = Promise.all(patients.map(serve));
  try {
    await work();
  } finally {
    over.abort();
    await clients;
  }
  return served;
}

/**
 * Releases a next build: each later migration, then its functions. Each migration meets a read of `slots` and
 * `appointments` that stays open until the migration is done, waits for it, or has given a lock up `giveUps` times.
 * @returns how often each migration gave a lock up, by its name
 */
export async function release(url: string, next: Functions, giveUps: number): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-release-"));
  const given: Record<string, number> = {};
  try {
    for (const [index, name] of Object.keys(LATER).entries()) {
      const texts = Object.fromEntries(Object.entries(LATER).slice(0, index + 1));
      const copy = await withMigrations(folder, texts);
      await connected(url, async (reader) => {
        await reader.query("begin");
        await reader.query("select count(*) from slots left join appointments on appointments.slot_id = slots.id");
        given[name] = 0;
        const migrated = migrate(url, copy, () => (given[name] = (given[name] ?? 0) + 1));
        const ended = migrated.then(
          () => true,
          () => true,
        );
        while (!(await Promise.race([ended, sleep(50, false)]))) {
          if ((given[name] ?? 0) >= giveUps || (await isWaitedFor(reader))) break;
        }
        await reader.query("commit");
        await migrated;
      });
    }
    await connected(url, (client) => installFunctions(client, next));
    return given;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** True when an index that is built concurrently waits for the transactions before it. */
async function isWaitedFor(reader: Client): Promise<boolean> {
  const { rowCount } = await reader.query("select from pg_locks where locktype = 'virtualxid' and not granted limit 1");
  return rowCount === 1;
}
