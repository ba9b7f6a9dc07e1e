import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { sessionQuery } from "#kit/api/queries.ts";
import { useLogin } from "#kit/session/useLogin.ts";

/**
 * Goes on to holding a slot; by way of the login page for whoever is logged out.
 * @param change the appointment that is to have this time instead of its own
 */
export function useChooseTime(change: string | undefined): { choose: (slotId: string) => void; error: unknown } {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { start, error } = useLogin();

  async function choose(slotId: string) {
    // Unknown is not logged out: the hold itself finds out.
    const session = await queryClient.ensureQueryData(sessionQuery).catch(() => undefined);
    const hold = { to: "/hold/new", search: { slot: slotId, change } } as const;
    if (session === null) await start(router.buildLocation(hold).href);
    else await navigate(hold);
  }
  return { choose: (slotId) => void choose(slotId), error };
}
