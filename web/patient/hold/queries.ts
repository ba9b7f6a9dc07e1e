import { queryOptions } from "@tanstack/react-query";
import type { Hold } from "#contract/answers/holds.ts";
import type { Answer } from "#kit/api/request.ts";
import { send } from "#kit/api/request.ts";

export interface TimedHold {
  hold: Hold;
  /** `performance.now()` at which the hold is over: what is left is counted from when the request was first sent. */
  endsAt: number;
}

/** A replayed answer is the first one word for word, so only the moment of the first sending makes its rest right. */
export function timed({ data, sentAt }: Answer<Hold>): TimedHold {
  return { hold: data, endsAt: sentAt + data.expiresInMs };
}

export const holdPath = (holdId: string) => `/holds/${encodeURIComponent(holdId)}`;

/** The hold as the server sees it now; asked again after sleep, on focus and at its end. */
export function holdQuery(holdId: string) {
  return queryOptions({
    queryKey: ["hold", holdId],
    queryFn: async ({ signal }) => timed(await send<Hold>(holdPath(holdId), { signal })),
    staleTime: 30_000,
    gcTime: 0,
    refetchOnWindowFocus: "always",
  });
}
