import { grantLogin, migrate } from "#dev/migrate.ts";
import { seed } from "#dev/seed/seed.ts";

/** A database prepared once per test run, of which every test file gets its own copy. */
export interface Template {
  /** Its name, as given to createTestDatabase. */
  name: string;
  /** Fills the empty database behind the connection string, directly on Postgres; leaves no connection open. */
  prepare(url: string): Promise<void>;
}

/** The password of the Worker's role in every test database. */
export const APP_PASSWORD = "app";

export const templates: Template[] = [
  {
    name: "migrated",
    prepare: async (url) => {
      await migrate(url);
      await grantLogin(url, APP_PASSWORD);
    },
  },
  {
    name: "seeded",
    prepare: async (url) => {
      await migrate(url);
      await seed(url, { now: new Date() });
    },
  },
];
