import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Hold } from "#contract/answers/holds.ts";
import { isDecided } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { type VersionedAppointment, rememberAppointment } from "#kit/appointments/queries.ts";

export interface BookingTarget {
  patientId: string;
  slotId: string;
  /** The appointment to move there, as it was read; null books a new one. */
  move: VersionedAppointment | null;
}

/**
 * Holds the time for the patient, and books it or moves an appointment to it. The hold is released where the dialog closes
 * without that. Sent again, the same confirmation books once.
 */
export function useBooking({ patientId, slotId, move }: BookingTarget) {
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const attempt = useRef({ what: "", key: "" });
  const held = useRef<string | null>(null);
  const hold = useMutation({
    mutationFn: async (slot: string) =>
      (await send<Hold>("/holds", { method: "POST", body: { slotId: slot, patientId } })).data,
    onSuccess: ({ id }) => {
      held.current = id;
    },
  });
  const { mutate: takeHold } = hold;
  useEffect(() => takeHold(slotId), [takeHold, slotId]);
  useEffect(
    () => () => {
      if (held.current !== null) void send(`/holds/${held.current}`, { method: "DELETE" }).catch(() => undefined);
    },
    [],
  );
  const confirm = useMutation({
    mutationFn: async ({ holdId, reason, override }: { holdId: string; reason: string; override: string }) => {
      const body = {
        holdId,
        patientId,
        ...(move !== null || reason === "" ? {} : { reason }),
        ...(override === "" ? {} : { override: { reason: override } }),
      };
      const what = JSON.stringify(body);
      if (attempt.current.what !== what) attempt.current = { what, key: crypto.randomUUID() };
      const path = move === null ? "/appointments" : `/appointments/${move.appointment.id}/reschedule`;
      return await send<Appointment>(path, {
        method: "POST",
        body,
        idempotencyKey: attempt.current.key,
        onWaiting: setWaiting,
        ...(move === null ? {} : { ifMatch: move.etag }),
      });
    },
    onSuccess: ({ data, etag }) => {
      held.current = null;
      rememberAppointment(queryClient, data, etag);
      void queryClient.invalidateQueries({ queryKey: ["openings"] });
      void queryClient.invalidateQueries({ queryKey: ["today"] });
    },
    onError: (error) => {
      if (isDecided(error)) attempt.current = { what: "", key: "" };
    },
  });
  return { hold, confirm, waiting, holdAgain: () => takeHold(slotId) };
}
