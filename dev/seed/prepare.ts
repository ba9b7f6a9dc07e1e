import { grantLogin, isEmpty, migrate } from "#dev/migrate.ts";
import { readAccounts, type SeedAccount } from "./accounts.ts";
import { seed } from "./seed.ts";

/**
 * Makes a database ready for the Worker, whatever state it is in: newest schema, a login for the role `holdfast_app`,
 * and the seeded clinic if there is none yet. What is there already stays as it is. No connection stays open, so the
 * database can be the template of others.
 * @returns the accounts of the clinic, as they are now
 */
export async function prepareDatabase(
  adminUrl: string,
  options: { now: Date; appPassword: string },
): Promise<SeedAccount[]> {
  await migrate(adminUrl);
  await grantLogin(adminUrl, options.appPassword);
  if (await isEmpty(adminUrl)) return (await seed(adminUrl, { now: options.now })).accounts;
  return readAccounts(adminUrl);
}
