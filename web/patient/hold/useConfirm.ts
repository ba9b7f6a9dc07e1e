import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { CreateAppointment } from "#contract/requests/appointments.ts";
import { isDecided } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { rememberAppointment } from "#kit/appointments/queries.ts";
import { forgetReason } from "./reason-draft.ts";
import { keepHold, unkeepHold } from "./release.ts";

/** Confirms a hold. Pressed or sent several times, the same request books at most once. */
export function useConfirm(holdId: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const attempt = useRef({ body: "", key: "" });

  const { mutate, error, isPending } = useMutation({
    mutationFn: async (reason: string) => {
      const body: CreateAppointment = { holdId, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) };
      const text = JSON.stringify(body);
      // A second press is the same request with the same key. A changed reason is a new request.
      if (attempt.current.body !== text) attempt.current = { body: text, key: crypto.randomUUID() };
      keepHold(holdId);
      const options = { method: "POST", body, idempotencyKey: attempt.current.key, onWaiting: setWaiting } as const;
      return await send<Appointment>("/appointments", options);
    },
    onSuccess: async ({ data, etag }) => {
      forgetReason();
      rememberAppointment(queryClient, data, etag);
      await navigate({
        to: "/appointments/$appointmentId",
        params: { appointmentId: data.id },
        state: { done: "booked" },
        replace: true,
      });
    },
    onError: (error) => {
      if (isDecided(error)) attempt.current = { body: "", key: "" };
      unkeepHold(holdId);
    },
  });
  return { confirm: mutate, error, isPending, waiting };
}
