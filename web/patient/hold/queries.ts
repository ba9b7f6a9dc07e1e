import { queryOptions } from "@tanstack/react-query";
import type { Hold } from "#contract/answers/holds.ts";
import type { Answer } from "#kit/api/request.ts";
import { send } from "#kit/api/request.ts";

export interface TimedHold {
  hold: Hold;
  /** `performance.now()` at the end of the hold, counted from the first sending of the request. */
  endsAt: number;
}

/** A replayed answer equals the first one, so its remaining time counts from the first sending. */
export function timed({ data, sentAt }: Answer<Hold>): TimedHold {
  return { hold: data, endsAt: sentAt + data.expiresInMs };
}

export const holdPath = (holdId: string) => `/holds/${encodeURIComponent(holdId)}`;

/** The hold in its present state; read again after sleep, on focus and at its end. */
export function holdQuery(holdId: string) {
  return queryOptions({
    queryKey: ["hold", holdId],
    queryFn: async ({ signal }) => timed(await send<Hold>(holdPath(holdId), { signal })),
    staleTime: 30_000,
    gcTime: 0,
    refetchOnWindowFocus: "always",
  });
}
