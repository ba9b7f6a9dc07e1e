import { createRoute } from "@hono/zod-openapi";
import { CasesQuery, type PlacementCase, PlacementCases } from "#contract/cases.ts";
import { type CaseRow, listCases } from "#db/queries/cases.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { UUID, readCursor, writeCursor } from "#domain/cursor.ts";
import { referenceOf } from "#domain/reference.ts";
import { ProblemError } from "#src/problem.ts";
import { noActor } from "./middleware/act.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { json, problems, router } from "./middleware/router.ts";

const DEFAULT_LIMIT = 50;

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

function caseOf({ zone, ...row }: CaseRow): PlacementCase {
  const at = (instant: number) => formatInstant(instant, zone);
  return {
    ...row,
    reference: referenceOf(row.appointmentId),
    startsAt: at(row.startsAt),
    endsAt: at(row.endsAt),
    dueAt: at(row.dueAt),
    createdAt: at(row.createdAt),
    closedAt: row.closedAt === null ? null : at(row.closedAt),
  };
}

export const cases = router().openapi(getCases, async (c) => {
  const { status, cursor, limit = DEFAULT_LIMIT } = c.req.valid("query");
  const after = cursor ? readCursor(cursor, { dueAt: "instant", id: UUID }) : undefined;
  if (after === null) {
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/cursor", detail: "Not a nextCursor" }] });
  }
  const filter = { status, after, limit };
  const rows = await listCases(c.get("services").db, c.get("caller"), filter, c.get("requestId"));
  if (!rows) throw noActor(c);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last ? writeCursor({ dueAt: last.dueAt, id: last.id }) : null;
  if (nextCursor) {
    const next = new URL(c.req.url);
    next.searchParams.set("cursor", nextCursor);
    c.header("Link", `<${next.pathname}${next.search}>; rel="next"`);
  }
  return c.json({ items: page.map(caseOf), nextCursor }, 200, { "Cache-Control": "no-store" });
});
