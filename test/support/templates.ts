/** A database prepared once per test run, of which every test file gets its own copy. */
export interface Template {
  /** Its name, as given to createTestDatabase. */
  name: string;
  /** Fills the empty database behind the connection string, directly on Postgres; leaves no connection open. */
  prepare(url: string): Promise<void>;
}

export const templates: Template[] = [];
