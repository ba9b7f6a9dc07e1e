import { OUTSIDE } from "./apply.ts";

/** A statement that a migration must not have, and the way that does not stop bookings. */
interface Rule {
  /** Matches the statement, in lower case, without quotes and with single spaces. */
  is: RegExp;
  instead: string;
  /** Does not matter for a table that the same migration makes: no Worker uses it yet. */
  newTablesMay?: true;
}

/**
 * Says in a line before a statement that it takes something away, and why the Workers that still serve do not need it:
 * `-- contract: since <version> no Worker reads it`.
 */
const CONTRACT = /^-- contract: \S/m;

/** Half of a release old Workers serve beside new ones. So a migration adds, and a later one takes away. */
const TAKES_AWAY =
  "old Workers still use it: leave it to a later release, and say there why it is safe (`-- contract: ...`)";

const RULES: readonly Rule[] = [
  { is: /^drop (table|view|type|function|index)\b(?! concurrently)/, instead: TAKES_AWAY },
  { is: /^alter table .*\bdrop (column|constraint)\b/, instead: TAKES_AWAY },
  { is: /^alter table .*\brename\b/, instead: TAKES_AWAY },
  {
    is: /^alter table .*\balter column \w+ (set data )?type\b/,
    instead: "the table is rewritten under a lock: add a column, fill it in batches, and use it",
    newTablesMay: true,
  },
  {
    is: /^alter table .*\bset not null\b/,
    instead: "the table is read under a lock: add a check as not valid, and validate it in a later migration",
    newTablesMay: true,
  },
  {
    is: /^alter table .*\badd column (?!.*\bdefault\b).*\bnot null\b/,
    instead: "old Workers do not fill it: give it a default",
    newTablesMay: true,
  },
  {
    is: /^alter table .*\badd constraint .*\b(foreign key|check)\b(?!.*\bnot valid\b)/,
    instead: "the table is read under a lock: add it as not valid, and validate it in a later migration",
    newTablesMay: true,
  },
  {
    is: /^alter table .*\badd constraint .*\b(unique|primary key|exclude)\b(?!.*\busing index\b)/,
    instead: `the table is locked while the index is built: build it concurrently (${OUTSIDE}), and add it with using index`,
    newTablesMay: true,
  },
  {
    is: /^create (unique )?index (?!concurrently)/,
    instead: `nothing can be booked while it is built: create it concurrently (${OUTSIDE})`,
    newTablesMay: true,
  },
  {
    is: /^(update|delete from|truncate|lock)\b/,
    instead: "its locks last until the end: change rows in a job, in batches",
  },
];

const CONCURRENT = /^(create (unique )?|drop )index concurrently /;

/**
 * What in a migration would stop bookings, or break the Workers of the build before: each with the statement and the way out.
 * @param text a file of drizzle/
 */
export function breachesOf(text: string): string[] {
  const statements = text.split("--> statement-breakpoint");
  const isOutside = text.startsWith(OUTSIDE);
  const plain = statements.map(plainly);
  const made = new Set(
    plain.flatMap((statement) => /^create table (?:if not exists )?(\S+)/.exec(statement)?.[1] ?? []),
  );
  return statements.flatMap((statement, at) => {
    const sql = plain[at] ?? "";
    if (CONTRACT.test(statement)) return [];
    const table = /^(?:alter table (?:only )?|create (?:unique )?index .*? on )([\w.]+)/.exec(sql)?.[1] ?? "";
    const broken = RULES.filter(({ is, newTablesMay }) => is.test(sql) && !(newTablesMay && made.has(table)));
    const found = broken.map(({ instead }) => `${sql.slice(0, 80)}: ${instead}`);
    if (isOutside && !CONCURRENT.test(sql))
      found.push(`${sql.slice(0, 80)}: only indexes are made outside a transaction`);
    if (!isOutside && CONCURRENT.test(sql)) found.push(`${sql.slice(0, 80)}: needs "${OUTSIDE}" as the first line`);
    if (/^create (unique )?index concurrently/.test(sql) && !dropsFirst(sql, plain[at - 1])) {
      found.push(`${sql.slice(0, 80)}: an attempt that broke off leaves a broken index: drop it before, if it exists`);
    }
    return found;
  });
}

function dropsFirst(create: string, before = ""): boolean {
  const name = /index concurrently (\w+)/.exec(create)?.[1];
  return before === `drop index concurrently if exists ${name}`;
}

/** One statement without comments, quotes, schema, line breaks and the semicolon at its end, in lower case. */
function plainly(statement: string): string {
  return statement
    .replaceAll(/--.*$/gm, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll('"', "")
    .replaceAll("public.", "")
    .trim()
    .replace(/;$/, "")
    .toLowerCase();
}
