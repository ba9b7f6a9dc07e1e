import { ById } from "#contract/common.ts";
import type { ApiClient } from "#contract/answers/api-clients.ts";
import { ChangeApiClient, CreateApiClient, OVERLAP_MINUTES, RotateApiKey } from "#contract/requests/api-clients.ts";
import { apiKeyOf } from "#adapters/links.ts";
import type { Outcome } from "#db/call.ts";
import { type ApiClientRow, findApiClient, listApiClients } from "#db/queries/api-clients.ts";
import { type ApiClientRefusal, changeApiClient, createApiClient, rotateApiKey } from "#db/verbs/api-clients.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { actOf, commit, versionsOf } from "#http/act.ts";
import { answerRecord, foundByAdministrator, recordRefusalOf } from "#http/records.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";
import type { Context } from "hono";
import type { App } from "#src/context.ts";

const path = "/api-clients";
const roles = ["staff"] as const;

const getAll = { method: "get", path, operationId: "listApiClients", roles } satisfies Route;
const post = { method: "post", path, operationId: "createApiClient", roles, body: CreateApiClient } satisfies Route;

const getOne = {
  method: "get",
  path: "/api-clients/{id}",
  operationId: "getApiClient",
  roles,
  params: ById,
} satisfies Route;

const patch = {
  method: "patch",
  path: "/api-clients/{id}",
  operationId: "changeApiClient",
  roles,
  params: ById,
  body: ChangeApiClient,
} satisfies Route;

const rotate = {
  method: "post",
  path: "/api-clients/{id}/rotate",
  operationId: "rotateApiKey",
  roles,
  params: ById,
  body: RotateApiKey,
} satisfies Route;

export const apiClients = new Router()
  .handle(getAll, async (c) => {
    const rows = foundByAdministrator(c, await listApiClients(c.get("services").db, c.get("caller")));
    return c.json({ items: rows.map(clientOf), nextCursor: null }, 200);
  })
  .handle(post, async (c) => {
    const input = c.req.valid("json");
    const { name, tier = "standard", origins = [] } = input;
    const verb = createApiClient(c.get("services").db, await actOf(c, input), { name, tier, origins });
    const { row, wire } = await withKey(c, verb);
    return c.json(wire, 201, { ...etagOf(row), Location: `/api/v1${path}/${row.id}` });
  })
  .handle(getOne, async (c) => {
    const { id } = c.req.valid("param");
    const row = foundByAdministrator(c, await findApiClient(c.get("services").db, c.get("caller"), id));
    return c.json(clientOf(row), 200, etagOf(row));
  })
  .handle(patch, async (c) => {
    const changes = c.req.valid("json");
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    return answerRecord(c, changeApiClient(c.get("services").db, await actOf(c, changes), of, changes), clientOf);
  })
  .handle(rotate, async (c) => {
    const input = c.req.valid("json");
    const { overlapMinutes = OVERLAP_MINUTES } = input;
    const of = { id: c.req.valid("param").id, versions: versionsOf(c) };
    const { row, wire } = await withKey(
      c,
      rotateApiKey(c.get("services").db, await actOf(c, input), of, overlapMinutes),
    );
    return c.json(wire, 200, etagOf(row));
  });

/** The app with its newest key. The Worker makes the key of its id, so a repeated request gets the same one. */
async function withKey(c: Context<App>, verb: Promise<Outcome<ApiClientRow, ApiClientRefusal>>) {
  const outcome = await commit(c, verb);
  if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
  const row = outcome.result;
  const key = await apiKeyOf(c.get("services").env.LINK_SECRET, row.keys[0]?.id ?? "");
  return { row, wire: { ...clientOf(row), key } };
}

function clientOf({ id, name, tier, origins, active, zone, keys }: ApiClientRow): ApiClient {
  return {
    id,
    name,
    tier,
    origins,
    active,
    keys: keys.map(({ id: keyId, createdAt, expiresAt }) => ({
      id: keyId,
      createdAt: formatInstant(createdAt, zone),
      expiresAt: expiresAt === null ? null : formatInstant(expiresAt, zone),
    })),
  };
}
