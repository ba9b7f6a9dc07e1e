import type { Availability } from "#contract/answers/clinic.ts";
import { AvailabilityQuery } from "#contract/requests/clinic.ts";
import { type AvailabilityRow, AVAILABILITY_DAYS, readAvailability } from "#db/queries/availability.ts";
import { pageByDay } from "#domain/availability.ts";
import { addDays } from "#domain/clinic-time.ts";
import { UUID, writeCursor } from "#lib/cursor.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { visitor } from "#http/middleware/authenticate.ts";
import { answerTagged } from "#http/etag.ts";
import { linkToNext, pageAsked } from "#http/paging.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { type Route, Router } from "#http/router.ts";

const DEFAULT_LIMIT = 200;

const getAvailability = {
  method: "get",
  path: "/availability",
  operationId: "getAvailability",
  query: AvailabilityQuery,
} satisfies Route;

export const availability = new Router().handle(getAvailability, async (c) => {
  const query = c.req.valid("query");
  if (query.from && query.to && (query.to < query.from || query.to > addDays(query.from, AVAILABILITY_DAYS - 1))) {
    const detail = `From \`from\` on, and at most ${AVAILABILITY_DAYS} days in all`;
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/to", detail }] });
  }
  const { after, limit } = pageAsked(query, { date: "date", startsAt: "instant", id: UUID }, DEFAULT_LIMIT);
  const services = c.get("services");
  const caller = await visitor(c);
  if (query.patientId !== undefined && caller?.role !== "staff") {
    const detail = "Only staff ask for a patient; patients ask for themselves";
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/patientId", detail }] });
  }
  const row = await readAvailability(services.db, caller, { ...query, after, limit });
  const answer = present(row, limit, after?.date);
  return answerTagged(c, JSON.stringify(answer), {
    "Content-Type": "application/json",
    "Cache-Control": "private, no-cache",
    Vary: "Authorization, Cookie",
    ...(answer.nextCursor === null ? {} : { Link: linkToNext(c, answer.nextCursor) }),
  });
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
