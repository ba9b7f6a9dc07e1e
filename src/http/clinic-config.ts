import { apiKeyOf } from "#adapters/links.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { readClinic } from "#db/queries/clinic.ts";
import type { Services } from "#src/context.ts";

/** The configuration that an app needs before a login. */
export async function readConfig({ env, db }: Services): Promise<Config> {
  const { name, phone, timeZone, locales, holdSeconds, freezeHours, locations, apiKeyIds } = await readClinic(db);
  const keyOf = async (id: string | undefined) => (id === undefined ? null : apiKeyOf(env.LINK_SECRET, id));
  return {
    issuer: env.ISSUER,
    clientId: { patient: env.PATIENT_CLIENT_ID, staff: env.STAFF_CLIENT_ID },
    audience: env.AUDIENCE,
    apiKey: { patient: await keyOf(apiKeyIds.patient), staff: await keyOf(apiKeyIds.staff) },
    clinic: { name, phone, timeZone },
    locations,
    locales,
    holdSeconds,
    freezeHours,
  };
}

const WAIT_MS = 1000;
let last: Config | null = null;

/**
 * The same for the page itself. When the database does not answer within a second: as this isolate read it last, or null. A page
 * must not wait for the database, or fail with it.
 */
export async function configForPage(services: Services): Promise<Config | null> {
  const read = readConfig(services).then((config) => (last = config));
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), WAIT_MS));
  return (await Promise.race([read.catch(() => null), late])) ?? last;
}
