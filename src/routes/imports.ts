import type { Context } from "hono";
import { ById } from "#contract/common.ts";
import { ImportChunk, ImportQuery } from "#contract/requests/imports.ts";
import { findImport, importRules } from "#db/queries/imports.ts";
import {
  type GivenRow,
  type ImportRefusal,
  type UndoImportRefusal,
  importChunk,
  undoImport,
} from "#db/verbs/imports.ts";
import { judgeSessions } from "#domain/import-sessions.ts";
import { extendCalendar } from "#operations/extend-calendar.ts";
import { sha256Hex } from "#lib/encoding.ts";
import { actOf, commit } from "#http/act.ts";
import { givenRow, readRows, sessionRowOf } from "#http/import-rows.ts";
import { pageAsked, pageOf } from "#http/paging.ts";
import { importOf, importedRowOf } from "#http/presenters/imports.ts";
import { sessionFrom } from "#http/presenters/sessions.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { administrationRefusalOf } from "#http/records.ts";
import { scheduleNotifications } from "#http/schedule-notification.ts";
import { type Route, Router } from "#http/router.ts";
import type { App } from "#src/context.ts";

const roles = ["staff"] as const;

/** Rows that one request of an undo removes: well within the database's time for a statement. */
const BATCH = 1_000;

const post = { method: "post", path: "/imports", operationId: "importChunk", roles, body: ImportChunk } satisfies Route;

const get = {
  method: "get",
  path: "/imports/{id}",
  operationId: "getImport",
  roles,
  params: ById,
  query: ImportQuery,
} satisfies Route;

const undo = {
  method: "post",
  path: "/imports/{id}/undo",
  operationId: "undoImport",
  roles,
  params: ById,
} satisfies Route;

export const imports = new Router()
  .handle(post, async (c) => {
    const chunk = c.req.valid("json");
    const { name, source, dryRun, notify = false, kind, firstRow } = chunk;
    const asked = { name, source, dryRun, notify };
    const read = readRows(chunk);
    const rows = kind === "schedules" ? await judged(c, asked, read) : read.map(givenRow);
    const hash = await sha256Hex(`${chunk.format} ${chunk.content}`);
    const { db } = c.get("services");
    const outcome = await commit(c, importChunk(db, await actOf(c, chunk), { asked, kind, firstRow, hash, rows }));
    if (outcome.kind === "refused") throw refusalOf(outcome.why);
    scheduleNotifications(c, outcome.dueAt);
    const { import: brought, rows: report } = outcome.result;
    if (kind === "schedules" && !dryRun) {
      const accepted = new Set(report.filter(({ state }) => state === "accepted").map(({ row }) => row));
      const doctorIds = rows.flatMap(({ n, data }) => (data && accepted.has(n) ? String(data["doctor_id"]) : []));
      // A run that is cut short is made up for by the nightly job.
      if (doctorIds.length > 0)
        c.executionCtx.waitUntil(extendCalendar(db, [...new Set(doctorIds)], c.get("requestId")));
    }
    return c.json({ import: importOf(brought), rows: report.map(importedRowOf) }, 200);
  })
  .handle(get, async (c) => {
    const { state, findings } = c.req.valid("query");
    const { after, limit } = pageAsked(c.req.valid("query"), { kind: /^[a-z]{1,20}$/, row: "integer" });
    const asked = { state, findings: findings === "true", after, limit: limit + 1 };
    const { db } = c.get("services");
    const { known, item } = await findImport(db, c.get("caller"), c.req.valid("param").id, asked, c.get("requestId"));
    if (!known) throw administrationRefusalOf({ code: "forbidden" });
    if (item === null) throw new ProblemError("not-found");
    const { counts, chunks, rows, ...brought } = item;
    const { items, nextCursor } = pageOf(c, rows, limit, ({ kind, row }) => ({ kind, row }));
    return c.json({ ...importOf(brought), counts, chunks, rows: items.map(importedRowOf), nextCursor }, 200);
  })
  .handle(undo, async (c) => {
    const of = { id: c.req.valid("param").id, batch: BATCH };
    const outcome = await commit(c, undoImport(c.get("services").db, await actOf(c, {}), of));
    if (outcome.kind === "refused") throw refusalOf(outcome.why);
    const { remaining, ...brought } = outcome.result;
    return c.json({ ...importOf(brought), remaining }, 200);
  });

/** Weekly sessions are judged by the domain, with those that their doctors have. */
async function judged(c: Context<App>, asked: object, read: ReturnType<typeof readRows>): Promise<GivenRow[]> {
  const sessions = read.flatMap(({ value }) => (value ? [sessionRowOf(value)] : []));
  if (sessions.length === 0) return read.map(givenRow);
  const doctors = [...new Set(sessions.map(({ doctor }) => doctor))];
  const { known, item } = await importRules(c.get("services").db, c.get("caller"), asked, doctors);
  if (!known || item === null) throw administrationRefusalOf({ code: "forbidden" });
  const verdicts = judgeSessions(
    sessions.map((row) => ({ ...row, validTo: sessionFrom({ ...row, locationId: "" }).validTo ?? null })),
    item,
  )[Symbol.iterator]();
  return read.map(({ value, ...row }) => {
    const verdict = value === null ? undefined : verdicts.next().value;
    if (!verdict) return { ...row, data: null };
    if ("fault" in verdict) {
      return { ...row, data: null, findings: [...row.findings, { ...verdict.fault, refuses: true }] };
    }
    const { session, doctorId, version } = verdict;
    const data = {
      doctor_id: doctorId,
      location_id: session.locationId,
      weekday: session.weekday,
      from_time: session.from,
      to_time: session.to,
      slot_minutes: session.slotMinutes ?? null,
      valid_from: session.validFrom,
      valid_to: session.validTo ?? null,
      version,
    };
    return { ...row, data };
  });
}

function refusalOf(why: ImportRefusal | UndoImportRefusal): ProblemError {
  switch (why.code) {
    case "forbidden":
    case "step-up-required":
      return administrationRefusalOf(why);
    case "not-found":
      return new ProblemError("not-found");
    case "wrong-state": {
      const { code, current } = why;
      const builtOn = "builtOn" in why ? { builtOn: why.builtOn } : {};
      return new ProblemError(code, { current, detail: STANDING[current], ...builtOn });
    }
  }
}

/** What stands in the way, by the state that an import is in. */
const STANDING = {
  "other-options": "This import was begun with another source, or with other choices: take another name.",
  "other-content": "These rows of this import have been taken with another content: take another name.",
  undoing: "This import is being undone.",
  undone: "This import was undone: take another name.",
  "dry-run": "A dry run has changed nothing.",
  "built-on": "Something was built on what it brought: `builtOn` names rows, and what.",
} as const;
