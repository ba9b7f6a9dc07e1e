import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { AuditTrail } from "#contract/answers/audit.ts";
import { query, send } from "#kit/api/request.ts";
import { asWritten } from "#kit/time/format.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./screen.module.css";

/** The changes of an appointment with their actors, newest first. Reads are left out. */
export function History({ appointmentId, zone }: { appointmentId: string; zone: string }) {
  const { data, error } = useQuery({
    queryKey: ["history", appointmentId],
    queryFn: async ({ signal }) => {
      const path = `/audit${query({ entityId: appointmentId, action: "appointment.", limit: 100 })}`;
      return (await send<z.infer<typeof AuditTrail>>(path, { signal })).data.items;
    },
  });
  if (error) return <ProblemNotice error={error} />;
  const changes = data?.filter(({ action }) => actionWords(action) !== null);
  return (
    <ul className={classes["history"]} aria-busy={data === undefined}>
      {changes?.map(({ id, at, actorName, action, reason }) => (
        <li key={id}>
          <strong>{actionWords(action)}</strong> {asWritten(at, [zone])}, {actorName ?? t`the system`}
          {reason !== null && <q>{reason}</q>}
        </li>
      ))}
      {changes?.length === 0 && (
        <li>
          <Trans>Nothing is recorded.</Trans>
        </li>
      )}
    </ul>
  );
}

/** Null for what changes nothing, such as a reading. */
function actionWords(action: string): string | null {
  const words: Record<string, string> = {
    "appointment.confirm": t({ message: "Booked", context: "history" }),
    "appointment.reschedule": t({ message: "Moved", context: "history" }),
    "appointment.place": t({ message: "Placed", context: "history" }),
    "appointment.displace": t({ message: "Lost its time", context: "history" }),
    "appointment.reassign": t({ message: "Moved by the clinic", context: "history" }),
    "appointment.will-come": t({ message: "Will come", context: "history" }),
    "appointment.accept": t({ message: "Agreed to", context: "history" }),
    "appointment.cancel": t({ message: "Cancelled", context: "history" }),
    "appointment.transfer": t({ message: "Given to another patient", context: "history" }),
    "appointment.arrived": t({ message: "Arrived", context: "history" }),
    "appointment.completed": t({ message: "Seen", context: "history" }),
    "appointment.no-show": t({ message: "Did not come", context: "history" }),
  };
  return words[action] ?? null;
}
