import { queryOptions } from "@tanstack/react-query";
import type { Hold } from "#contract/answers/holds.ts";
import type { Answer } from "#kit/api/request.ts";
import { Problem } from "#kit/api/problem.ts";
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

/** A hold that ended on another screen is noticed within ten seconds. */
const POLL_MS = 8000;

/**
 * The later of two answers about one hold. Only an extension moves its end on; a slow answer does not. After the end the server
 * may still see some milliseconds left, and is asked again then.
 */
function newer(known: TimedHold | undefined, read: TimedHold): TimedHold {
  const same = known?.hold.id === read.hold.id && known.hold.extensionsLeft === read.hold.extensionsLeft;
  return same && known.endsAt > performance.now() ? { ...read, endsAt: Math.min(known.endsAt, read.endsAt) } : read;
}

/** The hold in its present state; read again every few seconds, after sleep, on focus and at its end. */
export function holdQuery(holdId: string) {
  return queryOptions({
    queryKey: ["hold", holdId],
    queryFn: async ({ signal, client, queryKey }) =>
      newer(client.getQueryData<TimedHold>(queryKey), timed(await send<Hold>(holdPath(holdId), { signal }))),
    staleTime: 30_000,
    // After its end the page says what became of it. A request that was lost is made again.
    refetchInterval: ({ state }) => (state.error instanceof Problem && state.error.status < 500 ? false : POLL_MS),
    gcTime: 0,
    refetchOnWindowFocus: "always",
  });
}
