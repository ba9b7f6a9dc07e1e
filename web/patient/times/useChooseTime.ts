import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { sessionQuery } from "#kit/api/queries.ts";
import { useLogin } from "#kit/session/useLogin.ts";

/**
 * Continues to holding a slot, through the login page if the patient is logged out.
 * @param change the appointment to move to this time
 */
export function useChooseTime(change: string | undefined): { choose: (slotId: string) => void; error: unknown } {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { start, error } = useLogin();

  async function choose(slotId: string) {
    // If the session cannot be read, the hold itself finds out.
    const session = await queryClient.ensureQueryData(sessionQuery).catch(() => undefined);
    const hold = { to: "/hold/new", search: { slot: slotId, change } } as const;
    if (session === null) await start(router.buildLocation(hold).href);
    else await navigate(hold);
  }
  return { choose: (slotId) => void choose(slotId), error };
}
