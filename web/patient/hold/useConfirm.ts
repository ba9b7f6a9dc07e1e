import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { Appointment, CreateAppointment } from "#contract/appointments.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { appointmentQuery } from "../appointments/queries.ts";
import { keepHold, unkeepHold } from "./release.ts";

/** Confirms a hold. However often it is pressed or sent again, the same request books at most once. */
export function useConfirm(holdId: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const attempt = useRef({ body: "", key: "" });

  const confirm = useMutation({
    mutationFn: async (reason: string) => {
      const body: CreateAppointment = { holdId, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) };
      const text = JSON.stringify(body);
      // The key belongs to what is asked for: a changed reason is another request, a second press is not.
      if (attempt.current.body !== text) attempt.current = { body: text, key: crypto.randomUUID() };
      keepHold(holdId);
      const options = { method: "POST", body, idempotencyKey: attempt.current.key, onWaiting: setWaiting } as const;
      return (await send<Appointment>("/appointments", options)).data;
    },
    onSuccess: async (appointment) => {
      queryClient.setQueryData(appointmentQuery(appointment.id).queryKey, appointment);
      void queryClient.invalidateQueries({ queryKey: ["appointments"] });
      void queryClient.invalidateQueries({ queryKey: ["availability"] });
      await navigate({
        to: "/appointments/$appointmentId",
        params: { appointmentId: appointment.id },
        state: { booked: true },
        replace: true,
      });
    },
    onError: () => unkeepHold(holdId),
  });
  return { confirm, waiting };
}
