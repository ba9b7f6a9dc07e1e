import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { CancelAppointment, RescheduleAppointment } from "#contract/requests/appointments.ts";
import { isDecided, isProblem } from "../api/problem.ts";
import { type Waiting, send } from "../api/request.ts";
import { appointmentPath, appointmentQuery, rememberAppointment } from "./queries.ts";

interface Bodies {
  reschedule: RescheduleAppointment;
  cancel: CancelAppointment;
  accept: Record<string, never>;
}

/**
 * A change of an appointment by the version (`etag`) that the patient saw. Sending it again is still one change. After a
 * refusal the appointment is read again, so that the page shows its present state.
 */
export function useChangeAppointment<Verb extends keyof Bodies>(id: string, verb: Verb) {
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const attempt = useRef({ what: "", key: "" });

  const mutation = useMutation({
    mutationFn: async ({ etag, body }: { etag: string; body: Bodies[Verb] }) => {
      const what = etag + JSON.stringify(body);
      if (attempt.current.what !== what) attempt.current = { what, key: crypto.randomUUID() };
      const answer = await send<Appointment>(`${appointmentPath(id)}/${verb}`, {
        method: "POST",
        body,
        ifMatch: etag,
        idempotencyKey: attempt.current.key,
        onWaiting: setWaiting,
      });
      rememberAppointment(queryClient, answer.data, answer.etag);
      return answer.data;
    },
    onError: async (error) => {
      // After a refusal, pressing again is a new request, because the key keeps the first answer.
      if (isDecided(error)) attempt.current = { what: "", key: "" };
      if (!isProblem(error) || isProblem(error, "unauthenticated")) return;
      await queryClient.invalidateQueries({ queryKey: appointmentQuery(id).queryKey });
      await queryClient.invalidateQueries({ queryKey: ["appointments"] });
    },
  });
  return { ...mutation, waiting };
}
