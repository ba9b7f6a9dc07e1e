import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod/v4";
import { readHolidayFile } from "#adapters/holiday-files.ts";
import { Id } from "#contract/common.ts";
import {
  CreateHoliday,
  Holidays,
  HolidaysQuery,
  ImportHolidays,
  PreviewHoliday,
  PreviewImport,
} from "#contract/holidays.ts";
import { PreviewTokenQuery } from "#contract/schedule.ts";
import { type HolidayRow, listHolidays } from "#db/queries/schedules.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { holidaysIn } from "#domain/holiday-file.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { noActor } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { applied, change, changeProblems, preview, previewAnswers } from "#http/calendar-change.ts";
import { body, json, problems, router } from "#http/router.ts";

const params = z.object({ id: Id });
const shared = { tags: ["Holidays"], middleware: authenticate("staff") };

const getHolidays = createRoute({
  ...shared,
  method: "get",
  path: "/holidays",
  operationId: "listHolidays",
  summary: "The public holidays of every location",
  request: { query: HolidaysQuery },
  responses: { 200: json(Holidays, "By date, each with its source"), ...problems("unauthenticated", "forbidden") },
});

const createHoliday = createRoute({
  ...shared,
  method: "post",
  path: "/holidays",
  operationId: "createHoliday",
  summary: "Close a date, or correct its name",
  request: { body: body(CreateHoliday) },
  responses: { 201: applied(json(Holidays, "Kept, for each location")), ...changeProblems() },
});

const previewHoliday = createRoute({
  ...shared,
  method: "post",
  path: "/holidays/preview",
  operationId: "previewHoliday",
  summary: "Which appointments a holiday would displace",
  request: { body: body(PreviewHoliday) },
  responses: previewAnswers,
});

const importHolidays = createRoute({
  ...shared,
  method: "post",
  path: "/holidays/import",
  operationId: "importHolidays",
  summary: "The public holidays of a country or region in one year; dates that are kept already stay as they are",
  request: { body: body(ImportHolidays) },
  responses: { 201: applied(json(Holidays, "Those that are new")), ...changeProblems() },
});

const previewImport = createRoute({
  ...shared,
  method: "post",
  path: "/holidays/import/preview",
  operationId: "previewImportHolidays",
  summary: "Which appointments imported holidays would displace",
  request: { body: body(PreviewImport) },
  responses: previewAnswers,
});

const deleteHoliday = createRoute({
  ...shared,
  method: "delete",
  path: "/holidays/{id}",
  operationId: "deleteHoliday",
  summary: "Remove a holiday; the slots that it alone had closed open again",
  request: { params, query: PreviewTokenQuery },
  responses: { 204: applied({ description: "Removed" }), ...changeProblems() },
});

const previewDeletion = createRoute({
  ...shared,
  method: "post",
  path: "/holidays/{id}/preview",
  operationId: "previewDeleteHoliday",
  summary: "What removing a holiday would do; it displaces nobody",
  request: { params },
  responses: previewAnswers,
});

function additionOf(input: z.infer<typeof PreviewHoliday>): CalendarChange {
  const { date, name, locationId = null } = input;
  return { kind: "holidays-add", locationId, country: null, days: [{ date, name }], source: "staff" };
}

async function importOf(c: Context<App>, input: z.infer<typeof PreviewImport>): Promise<CalendarChange> {
  const { country, region = null, year, locationId = null } = input;
  const file = await readHolidayFile(c.env.ASSETS, c.get("services").env.PUBLIC_URL, country);
  if (!file)
    throw unknown("/country", `No holidays are prepared for the country "${country}" (ISO 3166-1, such as IE).`);
  const [first, last] = file.years;
  if (year < first || year > last) throw unknown("/year", `Holidays are prepared for ${first} to ${last}.`);
  const days = holidaysIn(file, region, year);
  if (!days) {
    const known = Object.keys(file.regions);
    const advice = known.length > 0 ? `There are: ${known.join(", ")}.` : `${file.name} has no regions.`;
    throw unknown("/region", `No holidays are prepared for the region "${region}". ${advice}`);
  }
  return { kind: "holidays-add", locationId, country, days, source: file.source };
}

function unknown(pointer: string, detail: string): ProblemError {
  return new ProblemError("invalid-request", { errors: [{ pointer, detail }] });
}

/** Of a holiday that is not there (any more), nothing: what was answered to this request before is looked for all the same. */
async function removalOf(c: Context<App>, id: string): Promise<CalendarChange> {
  const { known, item } = await listHolidays(c.get("services").db, c.get("caller"), { id });
  if (!known) throw noActor(c);
  const days = (item ?? []).map(({ locationId, date }) => ({ holidayId: id, locationId, date }));
  return { kind: "holiday-remove", days };
}

export const holidays = router()
  .openapi(getHolidays, async (c) => {
    const { known, item } = await listHolidays(c.get("services").db, c.get("caller"), c.req.valid("query"));
    if (!known) throw noActor(c);
    return c.json({ items: item ?? [], nextCursor: null }, 200);
  })
  .openapi(createHoliday, async (c) => {
    const { previewToken = null, ...input } = c.req.valid("json");
    const agreed = { previewToken, versions: null };
    const items = await change<HolidayRow>(c, additionOf(input), c.req.valid("json"), agreed);
    return c.json({ items, nextCursor: null }, 201);
  })
  .openapi(previewHoliday, async (c) => c.json(await preview(c, additionOf(c.req.valid("json"))), 200))
  .openapi(importHolidays, async (c) => {
    const { previewToken = null, ...input } = c.req.valid("json");
    const agreed = { previewToken, versions: null };
    const items = await change<HolidayRow>(c, await importOf(c, input), c.req.valid("json"), agreed);
    return c.json({ items, nextCursor: null }, 201);
  })
  .openapi(previewImport, async (c) => c.json(await preview(c, await importOf(c, c.req.valid("json"))), 200))
  .openapi(deleteHoliday, async (c) => {
    const { previewToken = null } = c.req.valid("query");
    const what = await removalOf(c, c.req.valid("param").id);
    await change(c, what, previewToken, { previewToken, versions: null });
    return c.body(null, 204);
  })
  .openapi(previewDeletion, async (c) => c.json(await preview(c, await removalOf(c, c.req.valid("param").id)), 200));
