import { queryOptions } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { PlacementCase, PlacementCaseDetail, PlacementCases } from "#contract/answers/cases.ts";
import { query, send } from "#kit/api/request.ts";

export type QueueTab = "open" | "mine" | "done";

/** Often enough that a colleague's claim is seen before the same patient is called twice. */
const POLL_MS = 10_000;

/** The queue by deadline; `done` is what was closed today. @param today the clinic's date */
export function queueQuery(tab: QueueTab, today: string) {
  const filter = { open: { status: "open" }, mine: { mine: "true" }, done: { closedFrom: today } }[tab];
  return queryOptions({
    queryKey: ["cases", tab, today],
    queryFn: async ({ signal }) =>
      (await send<z.infer<typeof PlacementCases>>(`/cases${query({ ...filter, limit: 200 })}`, { signal })).data,
    refetchInterval: POLL_MS,
  });
}

/**
 * One case with its candidates, ranked as they are now. It is asked again while it is shown, so that no candidate is stale.
 */
export function caseQuery(id: string) {
  return queryOptions({
    queryKey: ["case", id],
    queryFn: async ({ signal }) =>
      (await send<PlacementCaseDetail>(`/cases/${encodeURIComponent(id)}`, { signal })).data,
    refetchInterval: POLL_MS,
  });
}

export const etagOf = ({ version }: Pick<PlacementCase, "version">) => `"${version}"`;
