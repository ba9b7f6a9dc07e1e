import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sessionQuery } from "#kit/api/queries.ts";
import { holdAddress } from "../hold/address.ts";
import { useLogin } from "../layout/useLogin.ts";

/**
 * Goes on to holding a slot; by way of the login page for whoever is logged out.
 * @param change the appointment that is to have this time instead of its own
 */
export function useChooseTime(change: string | undefined): { choose: (slotId: string) => void; error: unknown } {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { start, error } = useLogin();

  async function choose(slotId: string) {
    // Unknown is not logged out: the hold itself finds out.
    const session = await queryClient.ensureQueryData(sessionQuery).catch(() => undefined);
    if (session === null) await start(holdAddress(slotId, change));
    else await navigate({ to: "/hold/new", search: { slot: slotId, change } });
  }
  return { choose: (slotId) => void choose(slotId), error };
}
