import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { CasesQuery, PlacementCaseDetail, PlacementCases } from "#contract/cases.ts";
import { Id } from "#contract/common.ts";
import { type CaseDetail, findCase, listCases } from "#db/queries/cases.ts";
import { UUID } from "#lib/cursor.ts";
import { rankForStaff } from "#domain/placement.ts";
import { SIXTIETHS } from "#domain/reassignment/cost.ts";
import { found, noActor } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { caseOf, slotOf } from "#http/presenters/rows.ts";
import { json, problems, router } from "#http/router.ts";
import { etagOf, versioned } from "#http/etag.ts";

const getCases = createRoute({
  method: "get",
  path: "/cases",
  operationId: "listCases",
  tags: ["Placement"],
  summary: "Appointments that lost their slot, the most pressing first",
  middleware: authenticate("staff"),
  request: { query: CasesQuery },
  responses: { 200: json(PlacementCases, "By when they are due"), ...problems("unauthenticated", "forbidden") },
});

const getCase = createRoute({
  method: "get",
  path: "/cases/{id}",
  operationId: "getCase",
  tags: ["Placement"],
  summary: "One case with the best free times for it, ranked as they are right now",
  middleware: authenticate("staff"),
  request: { params: z.object({ id: Id }) },
  responses: {
    200: versioned(PlacementCaseDetail, "The case; candidates best first"),
    ...problems("unauthenticated", "forbidden", "not-found"),
  },
});

export const cases = router()
  .openapi(getCases, async (c) => {
    const { status, mine } = c.req.valid("query");
    const asked = pageAsked(c.req.valid("query"), { dueAt: "instant", id: UUID });
    const filter = { ...asked, status, mine: mine === "true" };
    const read = await listCases(c.get("services").db, c.get("caller"), filter, c.get("requestId"));
    if (!read) throw noActor(c);
    const { items, nextCursor } = pageOf(c, read.items, asked.limit, ({ dueAt, id }) => ({ dueAt, id }));
    return c.json({ items: items.map(caseOf), counts: read.counts, nextCursor }, 200);
  })
  .openapi(getCase, async (c) => {
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
