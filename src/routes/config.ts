import { createRoute } from "@hono/zod-openapi";
import { Config } from "#contract/clinic.ts";
import { readClinic } from "#db/queries/clinic.ts";
import { json, problems, router } from "#http/router.ts";

const getConfig = createRoute({
  method: "get",
  path: "/config",
  operationId: "getConfig",
  tags: ["Clinic"],
  summary: "What an app needs before anybody has logged in",
  responses: { 200: json(Config, "Issuer, client ids, audience, the clinic and its locations"), ...problems() },
});

export const config = router().openapi(getConfig, async (c) => {
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
