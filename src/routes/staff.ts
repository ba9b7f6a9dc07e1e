import { ById } from "#contract/common.ts";
import type { StaffAccount } from "#contract/answers/staff.ts";
import { ChangeStaff, CreateStaff, StaffQuery } from "#contract/requests/staff.ts";
import { type StaffRow, findStaff, listStaff } from "#db/queries/staff.ts";
import { changeStaff, createStaff } from "#db/verbs/staff.ts";
import { actOf, commit, found, versionsOf } from "#http/act.ts";
import { answerRecord, recordRefusalOf } from "#http/records.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const roles = ["staff"] as const;

const getStaff = { method: "get", path: "/staff", operationId: "listStaff", roles, query: StaffQuery } satisfies Route;
const getOne = { method: "get", path: "/staff/{id}", operationId: "getStaff", roles, params: ById } satisfies Route;
const postStaff = {
  method: "post",
  path: "/staff",
  operationId: "createStaff",
  roles,
  body: CreateStaff,
} satisfies Route;

const patchStaff = {
  method: "patch",
  path: "/staff/{id}",
  operationId: "changeStaff",
  roles,
  params: ById,
  body: ChangeStaff,
} satisfies Route;

export const staff = new Router()
  .handle(getStaff, async (c) => {
    const { status = "active" } = c.req.valid("query");
    const rows = found(c, await listStaff(c.get("services").db, c.get("caller"), status));
    return c.json({ items: rows.map(accountOf), nextCursor: null }, 200);
  })
  .handle(getOne, async (c) => {
    const row = found(c, await findStaff(c.get("services").db, c.get("caller"), c.req.valid("param").id));
    return c.json(accountOf(row), 200, etagOf(row));
  })
  .handle(postStaff, async (c) => {
    const input = c.req.valid("json");
    const { name, subject, administrator = false } = input;
    const act = await actOf(c, input);
    const outcome = await commit(c, createStaff(c.get("services").db, act, { name, subject, administrator }));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
    const headers = { ...etagOf(outcome.result), Location: `/api/v1/staff/${outcome.result.id}` };
    return c.json(accountOf(outcome.result), 201, headers);
  })
  .handle(patchStaff, async (c) => {
    const changes = c.req.valid("json");
    const verb = { staffId: c.req.valid("param").id, versions: versionsOf(c), changes };
    return answerRecord(c, changeStaff(c.get("services").db, await actOf(c, changes), verb), accountOf);
  });

/** The wire's members and no more: the version is the ETag. */
function accountOf(row: StaffRow): StaffAccount {
  const { version: _, ...account } = row;
  return account;
}
