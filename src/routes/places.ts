import type { Context } from "hono";
import { ById } from "#contract/common.ts";
import type { Clinic, ClinicLocation } from "#contract/answers/places.ts";
import { ChangeClinic, ChangeLocation, CreateLocation } from "#contract/requests/places.ts";
import { type ClinicRecordRow, type LocationRow, findClinic, findLocation, listLocations } from "#db/queries/places.ts";
import { changeClinic, changeLocation, createLocation } from "#db/verbs/places.ts";
import type { App } from "#src/context.ts";
import { actOf, commit, found, versionsOf } from "#http/act.ts";
import { etagOf } from "#http/etag.ts";
import { holidaysOf, unknownRegion } from "#http/holiday-region.ts";
import { answerRecord, recordRefusalOf } from "#http/records.ts";
import { type Route, Router } from "#http/router.ts";

const roles = ["staff"] as const;

const getClinic = { method: "get", path: "/clinic", operationId: "getClinic", roles } satisfies Route;
const patchClinic = {
  method: "patch",
  path: "/clinic",
  operationId: "changeClinic",
  roles,
  body: ChangeClinic,
} satisfies Route;
const getLocations = { method: "get", path: "/locations", operationId: "listLocations", roles } satisfies Route;
const getOne = {
  method: "get",
  path: "/locations/{id}",
  operationId: "getLocation",
  roles,
  params: ById,
} satisfies Route;
const postLocation = {
  method: "post",
  path: "/locations",
  operationId: "createLocation",
  roles,
  body: CreateLocation,
} satisfies Route;
const patchLocation = {
  method: "patch",
  path: "/locations/{id}",
  operationId: "changeLocation",
  roles,
  params: ById,
  body: ChangeLocation,
} satisfies Route;

export const places = new Router()
  .handle(getClinic, async (c) => {
    const row = found(c, await findClinic(c.get("services").db, c.get("caller")));
    return c.json(clinicOf(row), 200, etagOf(row));
  })
  .handle(patchClinic, async (c) => {
    const changes = c.req.valid("json");
    const verb = { versions: versionsOf(c), changes };
    return answerRecord(c, changeClinic(c.get("services").db, await actOf(c, changes), verb), clinicOf);
  })
  .handle(getLocations, async (c) => {
    const rows = found(c, await listLocations(c.get("services").db, c.get("caller")));
    return c.json({ items: rows.map(locationOf), nextCursor: null }, 200);
  })
  .handle(getOne, async (c) => {
    const row = found(c, await findLocation(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(locationOf(row), 200, etagOf(row));
  })
  .handle(postLocation, async (c) => {
    const input = c.req.valid("json");
    const { name, address, timeZone, country, region = null } = input;
    await checkRegion(c, country, region);
    const given = { name, address, timeZone, country, region };
    const outcome = await commit(c, createLocation(c.get("services").db, await actOf(c, input), given));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
    const headers = { ...etagOf(outcome.result), Location: `/api/v1/locations/${outcome.result.id}` };
    return c.json(locationOf(outcome.result), 201, headers);
  })
  .handle(patchLocation, async (c) => {
    const input = c.req.valid("json");
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    // Another country without a region has none.
    const changes = input.country === undefined ? input : { ...input, region: input.region ?? null };
    if (changes.country !== undefined) await checkRegion(c, changes.country, changes.region ?? null);
    return answerRecord(c, changeLocation(c.get("services").db, await actOf(c, input), of, changes), locationOf);
  });

/** @throws {ProblemError} 400 for a country or region whose holidays are not prepared */
async function checkRegion(c: Context<App>, country: string, region: string | null): Promise<void> {
  const file = await holidaysOf(c, country);
  if (region !== null && !Object.hasOwn(file.regions, region)) throw unknownRegion(file, region);
}

/** The wire's members and no more: the version is the ETag. */
function clinicOf(row: ClinicRecordRow): Clinic {
  const { version: _, ...clinic } = row;
  return clinic;
}

function locationOf(row: LocationRow): ClinicLocation {
  const { version: _, ...location } = row;
  return location;
}
