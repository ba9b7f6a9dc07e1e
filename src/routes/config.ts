import { readConfig } from "#http/clinic-config.ts";
import { type Route, Router } from "#http/router.ts";

const getConfig = { method: "get", path: "/config", operationId: "getConfig" } satisfies Route;

export const config = new Router().handle(getConfig, async (c) => {
  c.header("Cache-Control", "public, max-age=60");
  return c.json(await readConfig(c.get("services")), 200);
});
