import { readClinic } from "#db/queries/clinic.ts";
import { type Route, Router } from "#http/router.ts";

const getConfig = { method: "get", path: "/config", operationId: "getConfig" } satisfies Route;

export const config = new Router().handle(getConfig, async (c) => {
  const { env, db } = c.get("services");
  const { name, phone, timeZone, locales, holdSeconds, freezeHours, locations } = await readClinic(db);
  c.header("Cache-Control", "public, max-age=60");
  return c.json(
    {
      issuer: env.ISSUER,
      clientId: { patient: env.PATIENT_CLIENT_ID, staff: env.STAFF_CLIENT_ID },
      audience: env.AUDIENCE,
      clinic: { name, phone, timeZone },
      locations,
      locales,
      holdSeconds,
      freezeHours,
    },
    200,
  );
});
