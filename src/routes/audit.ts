import { AuditQuery } from "#contract/requests/audit.ts";
import { type AuditFilter, type AuditPosition, type AuditRow, countAudit, readAudit } from "#db/queries/audit.ts";
import { csvFile } from "#lib/csv.ts";
import { UUID } from "#lib/cursor.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { noActor } from "#http/act.ts";
import { limitExport } from "#http/middleware/limit-rate.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { entryOf } from "#http/presenters/history.ts";
import { type Route, Router } from "#http/router.ts";

/** A file's bounds: entries in all, and how many a statement reads at a time. */
const FILE_ENTRIES = 100_000;
const FILE_PAGE = 1_000;

const getAudit = {
  method: "get",
  path: "/audit",
  operationId: "readAudit",
  roles: ["staff"],
  query: AuditQuery,
} satisfies Route;

export const audit = new Router().handle(getAudit, async (c) => {
  const filter = c.req.valid("query");
  const { db } = c.get("services");
  const caller = c.get("caller");
  const requestId = c.get("requestId");
  const { after: position, limit } = pageAsked(filter, { at: "instant", micros: "integer", id: UUID });
  const after = position && { at: position.at * 1000 + position.micros, id: position.id };
  c.header("Vary", "Accept");
  if (prefersCsv(c.req.header("Accept"))) {
    await limitExport(c);
    if ((await countAudit(db, caller, filter, FILE_ENTRIES)) > FILE_ENTRIES) {
      const detail = `More than ${FILE_ENTRIES} entries: ask for fewer days`;
      throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/from", detail }] });
    }
    const read = (position?: AuditPosition) =>
      readAudit(db, caller, filter, { after: position, limit: FILE_PAGE }, "export", requestId);
    const first = await read();
    if (!first) throw noActor(c);
    const records = recordsOf(first, read);
    return c.body(csvFile(COLUMNS, records), 200, {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      "Content-Disposition": `attachment; filename="${fileName(filter)}"`,
    });
  }
  const found = await readAudit(db, caller, filter, { after, limit: limit + 1 }, "read", requestId);
  if (!found) throw noActor(c);
  const { items, nextCursor } = pageOf(c, found.items, limit, positionOf);
  return c.json({ items: items.map((row) => entryOf(row, found.zone)), nextCursor }, 200);
});

/** Entries differ by the microsecond, so a cursor keeps milliseconds and the rest. */
function positionOf({ at, id }: AuditRow) {
  return { at: Math.floor(at / 1000), micros: at % 1000, id };
}

/** CSV where the header names it and nothing else that is served, or ranks it first (RFC 9110 12.5.1). */
function prefersCsv(accept: string | undefined): boolean {
  const quality = (...types: string[]): number =>
    Math.max(
      0,
      ...(accept ?? "").split(",").map((range) => {
        const [type = "", ...parameters] = range
          .trim()
          .toLowerCase()
          .split(/\s*;\s*/);
        const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
        return types.includes(type) ? Number(q ?? "1") || 0 : 0;
      }),
    );
  return quality("text/csv") > quality("application/json", "application/*", "*/*");
}

function fileName({ from, to }: AuditFilter): string {
  return `${["audit", from, to].filter(Boolean).join("-")}.csv`;
}

const COLUMNS = [
  "at",
  "actorId",
  "actorName",
  "actorRole",
  "subjectId",
  "subjectName",
  "action",
  "entity",
  "entityId",
  "before",
  "after",
  "reason",
  "requestId",
  "id",
] as const;

type Page = { zone: string; items: AuditRow[] };

/** The records of the file, a page at a time. @throws Error if the caller lost their rights during the export */
async function* recordsOf(first: Page, more: (after: AuditPosition) => Promise<Page | null>) {
  for (let page: Page | null = first; ;) {
    if (!page) throw new Error("the caller lost their rights during the export");
    const { zone, items }: Page = page;
    const last = items.at(-1);
    if (!last) return;
    yield items.map((row) => cellsOf(row, zone));
    if (items.length < FILE_PAGE) return;
    page = await more({ at: last.at, id: last.id });
  }
}

function cellsOf(row: AuditRow, zone: string): (string | null)[] {
  const entry = entryOf(row, zone);
  return COLUMNS.map((name) => {
    const value = entry[name];
    return typeof value === "string" || value === null ? value : JSON.stringify(value);
  });
}
