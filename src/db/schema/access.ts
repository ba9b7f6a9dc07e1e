import { sql } from "drizzle-orm";
import { boolean, check, integer, pgTable, index, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { TIERS } from "#domain/limits.ts";
import { oneOf } from "./one-of.ts";
import { people } from "./people.ts";

/** Our own apps. */
const APPS = ["patient", "staff"] as const;

/** An app that calls the API. Its key names it for rate limits and gives access to nothing. */
export const apiClients = pgTable(
  "api_clients",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    name: text().notNull().unique(),
    /** One of our own apps, which reads its key from /config; null for all others. */
    app: text({ enum: APPS }).unique(),
    /** Which rate limit holds for the app as a whole (src/domain/limits.ts). */
    tier: text({ enum: TIERS }).notNull().default("standard"),
    /** Browsers may use the key on pages of these origins only; empty: on any. */
    origins: text().array().notNull().default([]),
    active: boolean().notNull().default(true),
    version: integer().notNull().default(1),
    changedBy: uuid().references(() => people.id),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [check("api_clients_app", oneOf(t.app, APPS)), check("api_clients_tier", oneOf(t.tier, TIERS))],
);

/**
 * The keys of an app: the newest one, and while it is rotated the one before. Only the id is stored. The key is the id with
 * an HMAC, which needs the Worker's secret.
 */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: uuid()
      .primaryKey()
      .default(sql`uuidv7()`),
    clientId: uuid()
      .notNull()
      .references(() => apiClients.id),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    /** When it stops to be valid; null for the newest key. */
    expiresAt: timestamp({ withTimezone: true }),
  },
  (t) => [index("api_keys_client").on(t.clientId)],
);
