import { infiniteQueryOptions } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { AuditTrail } from "#contract/answers/audit.ts";
import { query, send } from "#kit/api/request.ts";

export interface AuditSearch {
  /** A person's id. */
  actor?: string;
  /** A patient's id. */
  subject?: string;
  /** An action, or all of a kind with a dot at the end. */
  action?: string;
  /** `YYYY-MM-DD` at the clinic, both included. */
  from?: string;
  to?: string;
}

/** The trail that matches, newest first, page by page. */
export function auditQuery(search: AuditSearch) {
  return infiniteQueryOptions({
    queryKey: ["audit", search],
    queryFn: async ({ pageParam, signal }) => {
      const path = `/audit${query({ ...search, limit: 50, cursor: pageParam })}`;
      return (await send<z.infer<typeof AuditTrail>>(path, { signal })).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // Each look is recorded in the trail itself.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const ID = /^[0-9a-f-]{36}$/;

/** The filters in the screen's address. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (name: keyof AuditSearch, form: RegExp) => {
    const value = search[name];
    return typeof value === "string" && form.test(value) ? { [name]: value } : {};
  };
  return {
    ...text("actor", ID),
    ...text("subject", ID),
    ...text("action", /^[a-z][a-z.-]{0,59}$/),
    ...text("from", DATE),
    ...text("to", DATE),
  };
}
