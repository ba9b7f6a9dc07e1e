import { createRoute } from "@hono/zod-openapi";
import { type LateOpening, LateOpenings, LateOpeningsQuery } from "#contract/late-openings.ts";
import { type LateOpeningRow, listLateOpenings } from "#db/queries/late-openings.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { UUID, readCursor, writeCursor } from "#domain/cursor.ts";
import { ProblemError } from "#src/problem.ts";
import { noActor } from "./middleware/act.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { slotOf } from "./middleware/present.ts";
import { json, problems, router } from "./middleware/router.ts";

const DEFAULT_LIMIT = 50;

const getLateOpenings = createRoute({
  method: "get",
  path: "/late-openings",
  operationId: "listLateOpenings",
  tags: ["Placement"],
  summary: "Slots that came free within the freeze, with who could take them",
  middleware: authenticate("staff"),
  request: { query: LateOpeningsQuery },
  responses: {
    200: json(LateOpenings, "Soonest first; candidates best first"),
    ...problems("unauthenticated", "forbidden"),
  },
});

export const lateOpenings = router().openapi(getLateOpenings, async (c) => {
  const { doctorId, cursor, limit = DEFAULT_LIMIT } = c.req.valid("query");
  const after = cursor ? readCursor(cursor, { date: "date", startsAt: "instant", id: UUID }) : undefined;
  if (after === null) {
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/cursor", detail: "Not a nextCursor" }] });
  }
  const rows = await listLateOpenings(
    c.get("services").db,
    c.get("caller"),
    { doctorId, after, limit },
    c.get("requestId"),
  );
  if (!rows) throw noActor(c);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > limit && last
      ? writeCursor({ date: last.date, startsAt: last.slot.startsAt, id: last.slot.id })
      : null;
  if (nextCursor) {
    const next = new URL(c.req.url);
    next.searchParams.set("cursor", nextCursor);
    c.header("Link", `<${next.pathname}${next.search}>; rel="next"`);
  }
  c.header("Cache-Control", "no-store");
  return c.json({ items: page.map(lateOpeningOf), nextCursor }, 200);
});

function lateOpeningOf({ slot, doctorName, candidates }: LateOpeningRow): LateOpening {
  return {
    slot: slotOf(slot),
    doctorName,
    candidates: candidates.map(({ zone, startsAt, endsAt, ...candidate }) => ({
      ...candidate,
      startsAt: formatInstant(startsAt, zone),
      endsAt: formatInstant(endsAt, zone),
    })),
  };
}
