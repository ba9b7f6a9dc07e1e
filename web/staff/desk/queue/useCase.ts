import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type * as z from "zod/v4";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { PlacedCases, PlacementCase, PlacementCaseDetail } from "#contract/answers/cases.ts";
import type { CancellationReason } from "#contract/requests/appointments.ts";
import { isDecided } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { caseQuery, etagOf } from "./queries.ts";

type Act =
  | { verb: "place"; slotId: string; agreed: boolean; override: string }
  | { verb: "contact-later"; at: string; note: string }
  | { verb: "cancel"; reason: CancellationReason };

function bodyOf(act: Act): object {
  switch (act.verb) {
    case "place":
      return {
        slotId: act.slotId,
        agreed: act.agreed,
        ...(act.override === "" ? {} : { override: { reason: act.override } }),
      };
    case "contact-later":
      return { at: act.at, ...(act.note === "" ? {} : { note: act.note }) };
    case "cancel":
      return { reason: act.reason };
  }
}

/** The lists and figures that a change of a case changes. */
function refresh(queryClient: QueryClient): void {
  for (const key of ["cases", "case", "today", "late-openings", "appointments"]) {
    void queryClient.invalidateQueries({ queryKey: [key] });
  }
}

/** The actions on one case. Each names the version that the user saw. An action that is sent twice is done once. */
export function useCase(id: string) {
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const attempt = useRef({ what: "", key: "" });
  const { queryKey } = caseQuery(id);
  const claiming = useRef<Promise<unknown>>(undefined);
  const seen = () => queryClient.getQueryData(queryKey);
  const path = `/cases/${encodeURIComponent(id)}`;

  const claim = useMutation({
    mutationFn: async () => {
      const shown = seen();
      if (!shown || shown.claim?.mine) return;
      const { data } = await send<PlacementCase>(`${path}/claim`, { method: "POST", body: {}, ifMatch: etagOf(shown) });
      queryClient.setQueryData(queryKey, (now): PlacementCaseDetail | undefined => now && { ...now, ...data });
      void queryClient.invalidateQueries({ queryKey: ["cases"] });
    },
    onError: () => refresh(queryClient),
  });
  const act = useMutation({
    mutationFn: async (wanted: Act) => {
      // A claim under way gives the case another version.
      await claiming.current;
      const shown = seen();
      if (!shown) return null;
      const body = bodyOf(wanted);
      const what = JSON.stringify([wanted.verb, shown.version, body]);
      if (attempt.current.what !== what) attempt.current = { what, key: crypto.randomUUID() };
      const { data } = await send<Appointment | PlacementCase>(`${path}/${wanted.verb}`, {
        method: "POST",
        body,
        ifMatch: etagOf(shown),
        idempotencyKey: attempt.current.key,
        onWaiting: setWaiting,
      });
      return data;
    },
    onSuccess: () => refresh(queryClient),
    onError: (error) => {
      if (isDecided(error)) attempt.current = { what: "", key: "" };
      refresh(queryClient);
    },
  });
  return {
    act,
    waiting,
    claim,
    /** Claims the case as soon as the user begins to work on it, if no colleague has claimed it. */
    begin: () => {
      if (claim.isPending || seen()?.claim) return;
      claiming.current = claim.mutateAsync().catch(() => undefined);
    },
  };
}

/** Places the best match of several cases at once. */
export function usePlaceBest() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (ids: string[]) =>
      (await send<z.infer<typeof PlacedCases>>("/cases/place", { method: "POST", body: { ids } })).data,
    onSettled: () => refresh(queryClient),
  });
}
