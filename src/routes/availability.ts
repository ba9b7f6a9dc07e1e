import { createRoute } from "@hono/zod-openapi";
import { getCookie } from "hono/cookie";
import { Availability, AvailabilityQuery } from "#contract/clinic.ts";
import { type AvailabilityRow, AVAILABILITY_DAYS, readAvailability } from "#db/queries/availability.ts";
import { pageByDay } from "#domain/availability.ts";
import { addDays } from "#domain/clinic-time.ts";
import { UUID, writeCursor } from "#lib/cursor.ts";
import { sha256, toBase64 } from "#lib/encoding.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { SESSION_COOKIE, visitor } from "#http/middleware/authenticate.ts";
import { pageAsked } from "#http/paging.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { json, problems, router } from "#http/router.ts";

const DEFAULT_LIMIT = 200;

const getAvailability = createRoute({
  method: "get",
  path: "/availability",
  operationId: "getAvailability",
  tags: ["Booking"],
  summary: "Free times by day, at most 31 days",
  request: { query: AvailabilityQuery },
  responses: {
    200: json(Availability, "Days with their free slots, or why there are none"),
    304: { description: "Unchanged since the ETag in If-None-Match" },
    ...problems("unauthenticated"),
  },
});

export const availability = router().openapi(getAvailability, async (c) => {
  const query = c.req.valid("query");
  if (query.from && query.to && (query.to < query.from || query.to > addDays(query.from, AVAILABILITY_DAYS - 1))) {
    const detail = `From \`from\` on, and at most ${AVAILABILITY_DAYS} days in all`;
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/to", detail }] });
  }
  const { after, limit } = pageAsked(query, { date: "date", startsAt: "instant", id: UUID }, DEFAULT_LIMIT);
  const services = c.get("services");
  const caller = await visitor(services, c.req.header("Authorization"), getCookie(c, SESSION_COOKIE));
  const row = await readAvailability(services.db, caller, { ...query, after, limit });
  const text = JSON.stringify(present(row, limit, after?.date));
  const etag = `"${toBase64((await sha256(text)).subarray(0, 18))}"`;
  const headers = { ETag: etag, "Cache-Control": "private, no-cache", Vary: "Authorization, Cookie" };
  if (c.req.header("If-None-Match") === etag) return c.body(null, 304, headers);
  return c.body(text, 200, { ...headers, "Content-Type": "application/json" }) as never;
});

function present(row: AvailabilityRow, limit: number, cursorDate: string | undefined): Availability {
  const { page, next, throughDate } = pageByDay(row.slots, limit);
  const reasons = new Map(row.empty.map(({ date, reason }) => [date, reason]));
  const days: Availability["days"] = [];
  // A page answers for the days after the one where the page before it ended, unless that day goes on.
  const goesOn = page[0]?.date === cursorDate;
  const first = cursorDate && !goesOn ? addDays(cursorDate, 1) : (cursorDate ?? row.from);
  for (let date = first; date <= (throughDate ?? row.to); date = addDays(date, 1)) {
    const slots = page.filter((slot) => slot.date === date).map(slotOf);
    const reason = slots.length === 0 ? reasons.get(date) : null;
    days.push({ date, slots, ...(reason ? { reason } : {}) });
  }
  return {
    days,
    nextAvailable: row.next ? slotOf(row.next) : null,
    nextCursor: next ? writeCursor(next) : null,
  };
}
