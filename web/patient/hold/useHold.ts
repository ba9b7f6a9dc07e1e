import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Hold } from "#contract/answers/holds.ts";
import { send } from "#kit/api/request.ts";
import { holdPath, holdQuery, timed } from "./queries.ts";
import { useTimeLeft } from "./useTimeLeft.ts";

/** A hold, its remaining time and its extension. The server decides when it is over; the countdown only asks again. */
export function useHold(holdId: string) {
  const queryClient = useQueryClient();
  const options = holdQuery(holdId);
  const { data, error, refetch } = useQuery(options);
  const askAgain = useCallback(() => void refetch({ cancelRefetch: false }), [refetch]);
  const msLeft = useTimeLeft(data?.endsAt, askAgain);
  const extend = useMutation({
    mutationFn: async () => timed(await send<Hold>(`${holdPath(holdId)}/extend`, { method: "POST", body: {} })),
    onSuccess: (held) => queryClient.setQueryData(options.queryKey, held),
    onError: askAgain,
  });
  return { hold: data?.hold, msLeft, error, askAgain, extend };
}
