import { type SQL, sql } from "drizzle-orm";
import { toSnakeCase } from "drizzle-orm/casing";
import {
  type AnyPgColumn,
  boolean,
  check,
  date,
  integer,
  pgTable,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { POLICY, POLICY_NAMES, POLICY_ORDERS, type PolicyName, type PolicyRule } from "#domain/policy.ts";
import { people } from "./people.ts";
import { oneOf } from "./one-of.ts";

/** The one clinic this deployment serves. */
export const clinic = pgTable(
  "clinic",
  {
    id: smallint().primaryKey().default(1),
    name: text().notNull(),
    phone: text().notNull(),
    timeZone: text().notNull(),
    /** The person who changed it last; null for the system itself. */
    changedBy: uuid().references((): AnyPgColumn => people.id),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    version: integer().notNull().default(1),
  },
  (t) => [check("clinic_one_row", sql`${t.id} = 1`)],
);

const setting = (
  name: { [Name in PolicyName]: (typeof POLICY)[Name]["kind"] extends "number" ? Name : never }[PolicyName],
) => integer().notNull().default(POLICY[name].default);

/** Everything of the clinic's policy, one row. Bounds and defaults are the domain's, checked here as well as at the edge. */
export const policy = pgTable(
  "policy",
  {
    id: smallint().primaryKey().default(1),
    slotMinutes: setting("slotMinutes"),
    freezeHours: setting("freezeHours"),
    holdSeconds: setting("holdSeconds"),
    holdExtensions: setting("holdExtensions"),
    holdsPerPatient: setting("holdsPerPatient"),
    holdMinutesPerDay: setting("holdMinutesPerDay"),
    changeBudget: setting("changeBudget"),
    patientChangeBudget: setting("patientChangeBudget"),
    patientActionBudget: setting("patientActionBudget"),
    changeWindowDays: setting("changeWindowDays"),
    appointmentsPerPatient: setting("appointmentsPerPatient"),
    quietSeconds: setting("quietSeconds"),
    maxDelaySeconds: setting("maxDelaySeconds"),
    mailsPerDay: setting("mailsPerDay"),
    horizonDays: setting("horizonDays"),
    reminderHours: integer()
      .array()
      .notNull()
      .default([...POLICY.reminderHours.default]),
    /** When `reminderHours` was last another; a trigger keeps it. */
    remindersSince: timestamp({ withTimezone: true }).notNull().defaultNow(),
    sessionMinutes: setting("sessionMinutes"),
    stepUpMinutes: setting("stepUpMinutes"),
    minNoticeMinutes: setting("minNoticeMinutes"),
    lateOpenings: text({ enum: POLICY.lateOpenings.options }).notNull().default(POLICY.lateOpenings.default),
    notifyAtOnceMinutes: setting("notifyAtOnceMinutes"),
    answerHours: setting("answerHours"),
    reassignDays: setting("reassignDays"),
    reassignDayPoints: setting("reassignDayPoints"),
    reassignHourPoints: setting("reassignHourPoints"),
    reassignEarlierPoints: setting("reassignEarlierPoints"),
    reassignDoctorPoints: setting("reassignDoctorPoints"),
    reassignLocationPoints: setting("reassignLocationPoints"),
    claimMinutes: setting("claimMinutes"),
    offerMinutes: setting("offerMinutes"),
    freeSlotsKeptDays: setting("freeSlotsKeptDays"),
    messagesKeptDays: setting("messagesKeptDays"),
    tasksKeptDays: setting("tasksKeptDays"),
    previewsKeptDays: setting("previewsKeptDays"),
    reasonsKeptDays: setting("reasonsKeptDays"),
    locales: text()
      .array()
      .notNull()
      .default([...POLICY.locales.default]),
    mailNamesDoctor: boolean().notNull().default(POLICY.mailNamesDoctor.default),
    /** The person who changed it last; null for the system itself. */
    changedBy: uuid().references((): AnyPgColumn => people.id),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    version: integer().notNull().default(1),
  },
  (t) => [
    check("policy_one_row", sql`${t.id} = 1`),
    ...POLICY_NAMES.flatMap((name) => {
      const rule: PolicyRule = POLICY[name];
      return rule.kind === "switch" ? [] : [check(`policy_${toSnakeCase(name)}`, withinBounds(t[name], rule))];
    }),
    ...POLICY_ORDERS.map(({ low, lowScale, high, highScale }) =>
      check(
        `policy_${toSnakeCase(low)}_order`,
        sql`${t[low]} * ${sql.raw(String(lowScale))} <= ${t[high]} * ${sql.raw(String(highScale))}`,
      ),
    ),
  ],
);

/** A setting's bounds as a constraint; its numbers are literals, because a constraint has no parameters. */
function withinBounds(column: AnyPgColumn, rule: Exclude<PolicyRule, { kind: "switch" }>): SQL {
  if (rule.kind === "choice" || rule.kind === "choices") {
    if (rule.kind === "choice") return oneOf(column, rule.options);
    const options = sql.raw(rule.options.map((option) => `'${option}'`).join(", "));
    return sql`cardinality(${column}) between 1 and ${sql.raw(String(rule.options.length))}
      and ${column} <@ array[${options}]`;
  }
  const [min, max] = [sql.raw(String(rule.min)), sql.raw(String(rule.max))];
  if (rule.kind === "number") return sql`${column} between ${min} and ${max}`;
  return sql`cardinality(${column}) <= ${sql.raw(String(rule.maxItems))} and array_position(${column}, null) is null
    and ${min} <= all(${column}) and ${max} >= all(${column})`;
}

export const locations = pgTable("locations", {
  id: uuid()
    .primaryKey()
    .default(sql`uuidv7()`),
  name: text().notNull().unique(),
  address: text().notNull(),
  timeZone: text().notNull(),
  /** ISO 3166-1 alpha-2 country, and the region as date-holidays names it: whose public holidays apply here. */
  country: text().notNull(),
  region: text(),
  position: smallint().notNull().default(0),
  /** The person who changed it last; null for the system itself. */
  changedBy: uuid().references((): AnyPgColumn => people.id),
  updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  version: integer().notNull().default(1),
});

/** A public holiday at one location; `source` says where it came from (a person, or a library and its version). */
export const holidays = pgTable(
  "holidays",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    locationId: uuid()
      .notNull()
      .references(() => locations.id),
    date: date().notNull(),
    name: text().notNull(),
    source: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [unique("holidays_once_a_day").on(t.locationId, t.date)],
);
