import type { Context } from "hono";
import { ById, type Infer } from "#contract/common.ts";
import {
  CreateHoliday,
  HolidaysQuery,
  ImportHolidays,
  PreviewHoliday,
  PreviewImport,
} from "#contract/requests/holidays.ts";
import { PreviewTokenQuery } from "#contract/requests/schedule.ts";
import { type HolidayRow, listHolidays } from "#db/queries/schedules.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { holidaysIn, leftOutIn } from "#domain/holiday-file.ts";
import type { App } from "#src/context.ts";
import { noActor } from "#http/act.ts";
import { change, preview } from "#http/calendar-change.ts";
import { holidaysOf, notPrepared, unknownRegion } from "#http/holiday-region.ts";
import { type Route, Router } from "#http/router.ts";

const roles = ["staff"] as const;

const getHolidays = {
  method: "get",
  path: "/holidays",
  operationId: "listHolidays",
  roles,
  query: HolidaysQuery,
} satisfies Route;

const createHoliday = {
  method: "post",
  path: "/holidays",
  operationId: "createHoliday",
  roles,
  body: CreateHoliday,
} satisfies Route;

const previewHoliday = {
  method: "post",
  path: "/holidays/preview",
  operationId: "previewHoliday",
  dear: "costly",
  roles,
  body: PreviewHoliday,
} satisfies Route;

const importHolidays = {
  method: "post",
  path: "/holidays/import",
  operationId: "importHolidays",
  roles,
  body: ImportHolidays,
} satisfies Route;

const previewImport = {
  method: "post",
  path: "/holidays/import/preview",
  operationId: "previewImportHolidays",
  dear: "costly",
  roles,
  body: PreviewImport,
} satisfies Route;

const deleteHoliday = {
  method: "delete",
  path: "/holidays/{id}",
  operationId: "deleteHoliday",
  roles,
  params: ById,
  query: PreviewTokenQuery,
} satisfies Route;

const previewDeletion = {
  method: "post",
  path: "/holidays/{id}/preview",
  operationId: "previewDeleteHoliday",
  dear: "costly",
  roles,
  params: ById,
} satisfies Route;

function additionOf(input: Infer<typeof PreviewHoliday>): CalendarChange {
  const { date, name, locationId = null } = input;
  return { kind: "holidays-add", locationId, country: null, days: [{ date, name }], source: "staff" };
}

async function importOf(c: Context<App>, input: Infer<typeof PreviewImport>): Promise<CalendarChange> {
  const { country, region = null, year, locationId = null, also = [] } = input;
  const file = await holidaysOf(c, country);
  const [first, last] = file.years;
  if (year < first || year > last) throw notPrepared("/year", `Holidays are prepared for ${first} to ${last}.`);
  const days = holidaysIn(file, region, year);
  const others = leftOutIn(file, region, year);
  if (!days || !others) throw unknownRegion(file, region);
  const chosen = others.filter(({ date }) => also.includes(date)).map(({ date, name }) => ({ date, name }));
  const unknown = also.findIndex((date) => !others.some((other) => other.date === date));
  if (unknown >= 0) throw notPrepared(`/also/${unknown}`, "The list has no such day beside the public holidays");
  const all = [...days, ...chosen].sort((a, b) => (a.date < b.date ? -1 : 1));
  return { kind: "holidays-add", locationId, country, days: all, source: file.source };
}

/** A missing holiday changes nothing. The kept answer of this request is still looked up. */
async function removalOf(c: Context<App>, id: string): Promise<CalendarChange> {
  const { known, item } = await listHolidays(c.get("services").db, c.get("caller"), { id });
  if (!known) throw noActor(c);
  const days = (item ?? []).map(({ locationId, date }) => ({ holidayId: id, locationId, date }));
  return { kind: "holiday-remove", days };
}

export const holidays = new Router()
  .handle(getHolidays, async (c) => {
    const { known, item } = await listHolidays(c.get("services").db, c.get("caller"), c.req.valid("query"));
    if (!known) throw noActor(c);
    return c.json({ items: item ?? [], nextCursor: null }, 200);
  })
  .handle(createHoliday, async (c) => {
    const { previewToken = null, ...input } = c.req.valid("json");
    const agreed = { previewToken, versions: null };
    const items = await change<HolidayRow>(c, additionOf(input), c.req.valid("json"), agreed);
    return c.json({ items, nextCursor: null }, 201);
  })
  .handle(previewHoliday, async (c) => c.json(await preview(c, additionOf(c.req.valid("json"))), 200))
  .handle(importHolidays, async (c) => {
    const { previewToken = null, ...input } = c.req.valid("json");
    const agreed = { previewToken, versions: null };
    const items = await change<HolidayRow>(c, await importOf(c, input), c.req.valid("json"), agreed);
    return c.json({ items, nextCursor: null }, 201);
  })
  .handle(previewImport, async (c) => c.json(await preview(c, await importOf(c, c.req.valid("json"))), 200))
  .handle(deleteHoliday, async (c) => {
    const { previewToken = null } = c.req.valid("query");
    const what = await removalOf(c, c.req.valid("param").id);
    await change(c, what, previewToken, { previewToken, versions: null });
    return c.body(null, 204);
  })
  .handle(previewDeletion, async (c) => c.json(await preview(c, await removalOf(c, c.req.valid("param").id)), 200));
