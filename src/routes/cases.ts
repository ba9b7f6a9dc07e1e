import type { PlacementCaseDetail } from "#contract/answers/cases.ts";
import { CasesQuery } from "#contract/requests/cases.ts";
import { ById } from "#contract/common.ts";
import { type CaseDetail, findCase, listCases } from "#db/queries/cases.ts";
import { UUID } from "#lib/cursor.ts";
import { rankForStaff } from "#domain/placement.ts";
import { SIXTIETHS } from "#domain/reassignment/cost.ts";
import { found } from "#http/act.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { caseOf, slotOf } from "#http/presenters/rows.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const getCases = {
  method: "get",
  path: "/cases",
  operationId: "listCases",
  roles: ["staff"],
  query: CasesQuery,
} satisfies Route;

const getCase = {
  method: "get",
  path: "/cases/{id}",
  operationId: "getCase",
  roles: ["staff"],
  params: ById,
} satisfies Route;

export const cases = new Router()
  .handle(getCases, async (c) => {
    const { status, mine, closedFrom } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { dueAt: "instant", id: UUID });
    const filter = { ...asked, status, closedFrom, mine: mine === "true" };
    const read = found(c, await listCases(c.get("services").db, c.get("caller"), filter, c.get("requestId")));
    const { items, nextCursor } = pageOf(c, read.items, asked.limit, ({ dueAt, id }) => ({ dueAt, id }));
    return c.json({ items: items.map(caseOf), counts: read.counts, nextCursor }, 200);
  })
  .handle(getCase, async (c) => {
    const { db } = c.get("services");
    const item = found(c, await findCase(db, c.get("caller"), c.req.valid("param").id, c.get("requestId")));
    return c.json(detailOf(item), 200, etagOf(item.case));
  });

function detailOf({ case: row, displaced, candidates, ...rules }: CaseDetail): PlacementCaseDetail {
  const ranked = rankForStaff(displaced, candidates, rules);
  return {
    ...caseOf(row),
    candidates: ranked.map(({ slot, reasons, marks, cost }) => ({
      slot: slotOf({ ...slot, id: slot.slotId }),
      doctorName: slot.doctorName,
      reasons: [...reasons],
      marks,
      points: cost / SIXTIETHS,
    })),
  };
}
