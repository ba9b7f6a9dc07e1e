import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MIGRATIONS } from "#dev/migrate.ts";
import { breachesOf } from "#dev/migrate/rules.ts";

/** These were applied before the rules, or make the first schema. */
const EARLIER = ["0000_schema.sql", "0001_clinic_and_locations_change.sql", "0003_imports.sql"];

const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));

test.each(files.filter((name) => !EARLIER.includes(name)))(
  "%s stops no booking, and leaves the Workers of the build before what they use",
  (name) => {
    expect(breachesOf(readFileSync(join(MIGRATIONS, name), "utf8"))).toEqual([]);
  },
);

const BREAK = "\n--> statement-breakpoint\n";

test.each([
  ['ALTER TABLE "slots" DROP COLUMN "note";', "old Workers still use it"],
  ["DROP INDEX slots_hold;", "old Workers still use it"],
  ["ALTER TABLE slots RENAME COLUMN a TO b;", "old Workers still use it"],
  ['ALTER TABLE "tasks" ALTER COLUMN "created_at" SET DATA TYPE timestamp (3) with time zone;', "rewritten"],
  ["ALTER TABLE slots ALTER COLUMN a SET NOT NULL;", "read under a lock"],
  ["ALTER TABLE slots ADD COLUMN a int NOT NULL;", "give it a default"],
  ["ALTER TABLE slots ADD CONSTRAINT a CHECK (b > 0);", "as not valid"],
  ["ALTER TABLE slots ADD CONSTRAINT a FOREIGN KEY (b)\n  REFERENCES public.people(id);", "as not valid"],
  ["ALTER TABLE slots ADD CONSTRAINT a UNIQUE (b);", "using index"],
  ['CREATE INDEX "a" ON "slots" USING btree ("b");', "create it concurrently"],
  ["UPDATE slots SET a = 1;", "in batches"],
  ["-- outside a transaction\nALTER TABLE slots ADD COLUMN a int;", "only indexes"],
  ["CREATE INDEX CONCURRENTLY a ON slots (b);", 'needs "-- outside a transaction"'],
  ["-- outside a transaction\nCREATE INDEX CONCURRENTLY a ON slots (b);", "drop it before"],
])("A migration may not say: %s", (text, why) => {
  expect(breachesOf(text).join()).toContain(why);
});

test.each([
  [
    "a column that may be empty, or has a default",
    "ALTER TABLE slots ADD COLUMN a int, ADD COLUMN b int DEFAULT 0 NOT NULL;",
  ],
  ["a constraint that is validated later", "ALTER TABLE slots ADD CONSTRAINT a CHECK (b > 0) NOT VALID;"],
  ["an index of a table that it makes", `CREATE TABLE a (b int NOT NULL);${BREAK}CREATE INDEX c ON a (b);`],
  [
    "something taken away that is known to be unused",
    "-- contract: since 1.1 no Worker reads it\nALTER TABLE slots DROP COLUMN a;",
  ],
  [
    "an index that is built while bookings go on",
    `-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS "a";${BREAK}CREATE INDEX CONCURRENTLY "a" ON "slots" (b);`,
  ],
])("A migration may have %s", (_, text) => {
  expect(breachesOf(text)).toEqual([]);
});
