import type { Openings, Today } from "#contract/answers/desk.ts";
import { OpeningsQuery, TodayQuery } from "#contract/requests/desk.ts";
import { type OpeningRow, readOpenings } from "#db/queries/openings.ts";
import { type TodayRow, readToday } from "#db/queries/today.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { found } from "#http/act.ts";
import { slotOf } from "#http/presenters/rows.ts";
import { type Route, Router } from "#http/router.ts";

/** As far back as the desk's plot shows. */
const DEFAULT_WEEKS = 8;

const getOpenings = {
  method: "get",
  path: "/openings",
  operationId: "listOpenings",
  roles: ["patient", "staff"],
  query: OpeningsQuery,
} satisfies Route;

const getToday = {
  method: "get",
  path: "/today",
  operationId: "getToday",
  roles: ["doctor", "staff"],
  query: TodayQuery,
} satisfies Route;

export const desk = new Router()
  .handle(getOpenings, async (c) => {
    const rows = found(c, await readOpenings(c.get("services").db, c.get("caller"), c.req.valid("query")));
    return c.json(openingsOf(rows), 200);
  })
  .handle(getToday, async (c) => {
    const { weeks = DEFAULT_WEEKS, ...where } = c.req.valid("query");
    const { db } = c.get("services");
    const row = found(c, await readToday(db, c.get("caller"), { ...where, weeks }, c.get("requestId")));
    return c.json(todayOf(row), 200);
  });

function openingsOf(rows: OpeningRow[]): Openings {
  return { items: rows.map(({ slot, ...row }) => ({ ...row, slot: slotOf(slot) })) };
}

function todayOf({ waiting, ...figures }: TodayRow): Today {
  return {
    ...figures,
    waiting: waiting.map(({ zone, startsAt, arrivedAt, ...row }) => ({
      ...row,
      startsAt: formatInstant(startsAt, zone),
      arrivedAt: formatInstant(arrivedAt, zone),
    })),
  };
}
