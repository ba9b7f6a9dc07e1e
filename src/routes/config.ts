import { apiKeyOf } from "#adapters/links.ts";
import { readClinic } from "#db/queries/clinic.ts";
import { type Route, Router } from "#http/router.ts";

const getConfig = { method: "get", path: "/config", operationId: "getConfig" } satisfies Route;

export const config = new Router().handle(getConfig, async (c) => {
  const { env, db } = c.get("services");
  const { name, phone, timeZone, locales, holdSeconds, freezeHours, locations, apiKeyIds } = await readClinic(db);
  const keyOf = async (id: string | undefined) => (id === undefined ? null : apiKeyOf(env.LINK_SECRET, id));
  c.header("Cache-Control", "public, max-age=60");
  return c.json(
    {
      issuer: env.ISSUER,
      clientId: { patient: env.PATIENT_CLIENT_ID, staff: env.STAFF_CLIENT_ID },
      audience: env.AUDIENCE,
      apiKey: { patient: await keyOf(apiKeyIds.patient), staff: await keyOf(apiKeyIds.staff) },
      clinic: { name, phone, timeZone },
      locations,
      locales,
      holdSeconds,
      freezeHours,
    },
    200,
  );
});
