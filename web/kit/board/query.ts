import { queryOptions } from "@tanstack/react-query";
import type { Board } from "#contract/answers/board.ts";
import { query, send } from "../api/request.ts";

/** How often an open board asks for news, milliseconds. An unchanged board costs an answer without a body. */
export const POLL_MS = 8000;

/** Clinic dates, both included. */
export interface Window {
  from: string;
  to: string;
  locationId: string | undefined;
  doctorId: string | undefined;
}

/** The board of a window. Doctors get their own. */
export function boardQuery({ from, to, locationId, doctorId }: Window) {
  return queryOptions({
    queryKey: ["board", from, to, locationId ?? "", doctorId ?? ""],
    queryFn: async ({ signal }) =>
      (await send<Board>(`/board${query({ from, to, locationId, doctorId })}`, { signal })).data,
    staleTime: POLL_MS / 2,
  });
}
