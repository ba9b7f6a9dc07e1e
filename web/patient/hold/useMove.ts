import { useNavigate } from "@tanstack/react-router";
import { useChangeAppointment } from "#kit/appointments/useChangeAppointment.ts";
import { keepHold, unkeepHold } from "./release.ts";

/** Moves an appointment to the held time. Before it is done, and after a refusal, the appointment keeps its old time. */
export function useMove(holdId: string, appointmentId: string | undefined) {
  const navigate = useNavigate();
  const { mutateAsync, error, isPending, waiting } = useChangeAppointment(appointmentId ?? "", "reschedule");

  async function move(etag: string) {
    keepHold(holdId);
    try {
      const { id } = await mutateAsync({ etag, body: { holdId } });
      await navigate({
        to: "/appointments/$appointmentId",
        params: { appointmentId: id },
        state: { done: "changed" },
        replace: true,
      });
    } catch {
      // The failure is in `error`.
      unkeepHold(holdId);
    }
  }
  return { move: (etag: string) => void move(etag), error, isPending, waiting };
}
