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
  ["alter table slots drop note", "old Workers still use it"],
  ["ALTER TABLE slots ALTER COLUMN a DROP DEFAULT;", "old Workers still use it"],
  ["DROP INDEX slots_hold;", "old Workers still use it"],
  ["-- outside a transaction\nDROP INDEX CONCURRENTLY slots_hold;", "old Workers still use it"],
  ["DROP SCHEMA other;", "old Workers still use it"],
  ["/* harmless? */ DROP TABLE slots;", "old Workers still use it"],
  ["ALTER TABLE slots RENAME COLUMN a TO b;", "old Workers still use it"],
  ["ALTER TYPE slot_status RENAME VALUE 'a' TO 'b';", "old Workers still use it"],
  ["REVOKE SELECT ON slots FROM holdfast_app;", "old Workers still use it"],
  ['ALTER TABLE "tasks" ALTER COLUMN "created_at" SET DATA TYPE timestamp (3) with time zone;', "rewritten"],
  ["ALTER TABLE tasks ALTER a TYPE bigint;", "rewritten"],
  ["ALTER TABLE slots ADD COLUMN a uuid DEFAULT gen_random_uuid();", "rewritten"],
  ["ALTER TABLE slots ADD COLUMN a int GENERATED ALWAYS AS (b + 1) STORED;", "rewritten"],
  ["ALTER TABLE slots ADD COLUMN a bigserial;", "rewritten"],
  ["ALTER TABLE slots ALTER COLUMN a SET NOT NULL;", "read under a lock"],
  ["ALTER TABLE slots ADD COLUMN a int NOT NULL;", "give it a default"],
  ["ALTER TABLE slots ADD a int NOT NULL;", "give it a default"],
  ["ALTER TABLE slots ADD COLUMN a int NOT NULL, ADD COLUMN b int DEFAULT 0;", "give it a default"],
  ["ALTER TABLE slots ADD CONSTRAINT a CHECK (b > 0);", "as not valid"],
  ["ALTER TABLE slots ADD CHECK (b > 0);", "as not valid"],
  ["ALTER TABLE slots ADD CONSTRAINT a CHECK (b > 0), ADD CONSTRAINT c CHECK (b > 1) NOT VALID;", "as not valid"],
  ["ALTER TABLE slots ADD COLUMN a int CHECK (a > 0);", "as not valid"],
  ["ALTER TABLE slots ADD COLUMN a uuid REFERENCES people (id);", "as not valid"],
  ["ALTER TABLE slots ADD CONSTRAINT a FOREIGN KEY (b)\n  REFERENCES public.people(id);", "as not valid"],
  [
    `ALTER TABLE slots ADD CONSTRAINT a CHECK (b > 0) NOT VALID;${BREAK}ALTER TABLE slots VALIDATE CONSTRAINT a;`,
    "in a later migration",
  ],
  ["ALTER TABLE slots ADD CONSTRAINT a UNIQUE (b);", "using index"],
  ["ALTER TABLE slots ADD COLUMN a int UNIQUE;", "using index"],
  ['CREATE INDEX "a" ON "slots" USING btree ("b");', "create it concurrently"],
  ["UPDATE slots SET a = 1;", "in batches"],
  ["WITH a AS (SELECT 1) UPDATE slots SET a = 1;", "in batches"],
  ["WITH gone AS (DELETE FROM holds RETURNING id) SELECT * FROM gone;", "in batches"],
  ["INSERT INTO holds (id) SELECT id FROM slots ON CONFLICT (id) DO UPDATE SET id = excluded.id;", "in batches"],
  ["LOCK TABLE slots;", "in batches"],
  ["DO $$ begin update slots set a = 1; end $$;", "not known"],
  ["REINDEX TABLE slots;", "not known"],
  ["CLUSTER slots;", "not known"],
  ["ALTER TABLE slots SET LOGGED;", "not known"],
  ["ALTER TABLE slots SET (fillfactor = 80); DROP TABLE holds;", "one statement"],
  ["-- contract: since 1.1 no Worker reads it\nDROP TABLE a; DROP TABLE slots;", "one statement"],
  ["ALTER TABLE slots ADD COLUM a int;", "that Postgres can parse"],
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
  ["a default that is one value for all rows", "ALTER TABLE slots ADD a timestamptz NOT NULL DEFAULT now();"],
  ["a constraint that is validated later", "ALTER TABLE slots ADD CONSTRAINT a CHECK (b > 0) NOT VALID;"],
  ["the validation of an earlier one", "-- outside a transaction\nALTER TABLE slots VALIDATE CONSTRAINT a;"],
  [
    "a function, a trigger and a right",
    `CREATE FUNCTION a() RETURNS trigger LANGUAGE plpgsql AS $$ begin return null; end $$;${BREAK}
    CREATE TRIGGER b AFTER INSERT ON slots FOR EACH ROW EXECUTE FUNCTION a();${BREAK}GRANT SELECT ON a TO holdfast_app;`,
  ],
  ["another value of an enum", "ALTER TYPE slot_status ADD VALUE 'a';"],
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
