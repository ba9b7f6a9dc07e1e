import type { Context } from "hono";
import type { Availability, AvailableDays } from "#contract/answers/clinic.ts";
import { AvailabilityQuery, AvailableDaysQuery } from "#contract/requests/clinic.ts";
import {
  AVAILABILITY_DAYS,
  type AvailabilityRow,
  type AvailableDaysRow,
  readAvailability,
  readAvailableDays,
} from "#db/queries/availability.ts";
import { pageByDay } from "#domain/availability.ts";
import { addDays } from "#domain/clinic-time.ts";
import { UUID, writeCursor } from "#lib/cursor.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { visitor } from "#http/middleware/authenticate.ts";
import { answerTagged } from "#http/etag.ts";
import { linkToNext, pageAsked } from "#http/paging.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { type Route, Router } from "#http/router.ts";
import type { App } from "#src/context.ts";

const DEFAULT_LIMIT = 200;

const getAvailability = {
  method: "get",
  path: "/availability",
  operationId: "getAvailability",
  query: AvailabilityQuery,
} satisfies Route;

const getAvailableDays = {
  method: "get",
  path: "/availability/days",
  operationId: "listAvailableDays",
  query: AvailableDaysQuery,
} satisfies Route;

const HEADERS = {
  "Content-Type": "application/json",
  "Cache-Control": "private, no-cache",
  Vary: "Authorization, Cookie",
};

export const availability = new Router()
  .handle(getAvailability, async (c) => {
    const query = c.req.valid("query");
    const { after, limit } = pageAsked(query, { date: "date", startsAt: "instant", id: UUID }, DEFAULT_LIMIT);
    const caller = await readerOf(c, query);
    const row = await readAvailability(c.get("services").db, caller, { ...query, after, limit });
    const answer = present(row, limit, after?.date);
    return answerTagged(c, JSON.stringify(answer), {
      ...HEADERS,
      ...(answer.nextCursor === null ? {} : { Link: linkToNext(c, answer.nextCursor) }),
    });
  })
  .handle(getAvailableDays, async (c) => {
    const query = c.req.valid("query");
    const caller = await readerOf(c, query);
    const row = await readAvailableDays(c.get("services").db, caller, query);
    return answerTagged(c, JSON.stringify(presentDays(row)), HEADERS);
  });

/**
 * The caller; null for a visitor.
 * @throws ProblemError `invalid-request` for a window that is too long, and for a patient that only staff may ask for
 */
async function readerOf(c: Context<App>, { from, to, patientId }: AvailableDaysQuery) {
  if (from && to && (to < from || to > addDays(from, AVAILABILITY_DAYS - 1))) {
    const detail = `From \`from\` on, and at most ${AVAILABILITY_DAYS} days in all`;
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/to", detail }] });
  }
  const caller = await visitor(c);
  if (patientId !== undefined && caller?.role !== "staff") {
    const detail = "Only staff ask for a patient; patients ask for themselves";
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/patientId", detail }] });
  }
  return caller;
}

function presentDays({ from, to, counts, empty, next }: AvailableDaysRow): AvailableDays {
  const reasons = new Map(empty.map(({ date, reason }) => [date, reason]));
  const days: AvailableDays["days"] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const reason = reasons.get(date);
    days.push({ date, times: counts[date] ?? 0, ...(reason ? { reason } : {}) });
  }
  return { days, nextDate: next };
}

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
