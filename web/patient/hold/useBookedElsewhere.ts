import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Problem } from "#kit/api/problem.ts";
import { appointmentsQuery } from "#kit/appointments/queries.ts";

/**
 * If a hold has ended and its time is not free, the same patient may have booked it. That was in another tab, or by a
 * request whose answer was lost. Then the page continues to that appointment instead of saying "taken".
 * @returns whether this is still being checked
 */
export function useBookedElsewhere(lost: Problem | undefined, slotId: string, done: "booked" | "changed"): boolean {
  const navigate = useNavigate();
  const asking = lost !== undefined && lost.details["slotFree"] !== true && slotId !== "";
  const list = useQuery({ ...appointmentsQuery("upcoming", 50), enabled: asking, staleTime: 0, gcTime: 0 });
  const own = asking && list.isFetchedAfterMount ? list.data?.items.find((one) => one.slotId === slotId) : undefined;
  const ownId = own?.status === "cancelled" ? undefined : own?.id;
  useEffect(() => {
    if (ownId === undefined) return;
    void navigate({
      to: "/appointments/$appointmentId",
      params: { appointmentId: ownId },
      state: { done },
      replace: true,
    });
  }, [ownId, done, navigate]);
  return asking && (ownId !== undefined || !list.isFetchedAfterMount);
}
