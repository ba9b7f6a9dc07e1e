import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { sessionQuery } from "#kit/api/queries.ts";
import { useLogin } from "#kit/session/useLogin.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

/**
 * Continues to holding a slot, through the login page if the patient is logged out. The search and the slot's date stay in the
 * address, for the way back to the times.
 */
export function useChooseTime(search: TimesSearch) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { start, error } = useLogin();

  async function choose(slotId: string, date: string) {
    // If the session cannot be read, the hold itself finds out.
    const session = await queryClient.ensureQueryData(sessionQuery).catch(() => undefined);
    const hold = { to: "/hold/new", search: { slot: slotId, ...search, from: date } } as const;
    if (session === null) await start(router.buildLocation(hold).href);
    else await navigate(hold);
  }
  return { choose: (slotId: string, date: string) => void choose(slotId, date), error };
}
