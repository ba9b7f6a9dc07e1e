import type { Context } from "hono";
import { type Position, type PositionForm, readCursor, writeCursor } from "#lib/cursor.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";

/**
 * The page that a query asks for: the items `after` a position of that form, from the start without a cursor; `usual`
 * items of it without a limit.
 */
export function pageAsked<Form extends PositionForm>(
  { cursor, limit }: { cursor?: string | undefined; limit?: number | undefined },
  form: Form,
  usual = 50,
): { after: Position<Form> | undefined; limit: number } {
  const after = cursor === undefined ? undefined : readCursor(cursor, form);
  if (after === null) {
    throw new ProblemError("invalid-request", { errors: [{ pointer: "/query/cursor", detail: "Not a nextCursor" }] });
  }
  return { after, limit: limit ?? usual };
}

/**
 * The page of `rows`, which are one more than `limit` when there are more. Where the next one begins is `nextCursor` and,
 * as a link of RFC 8288, a header.
 */
export function pageOf<Row>(
  c: Context<App>,
  rows: Row[],
  limit: number,
  positionOf: (row: Row) => Parameters<typeof writeCursor>[0],
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || !last) return { items, nextCursor: null };
  const nextCursor = writeCursor(positionOf(last));
  c.header("Link", linkToNext(c, nextCursor));
  return { items, nextCursor };
}

/** The `Link` to the page that begins at a cursor. */
export function linkToNext(c: Context<App>, nextCursor: string): string {
  const next = new URL(c.req.url);
  next.searchParams.set("cursor", nextCursor);
  return `<${next.pathname}${next.search}>; rel="next"`;
}
