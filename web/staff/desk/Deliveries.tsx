import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { Delivery } from "#contract/answers/tasks.ts";
import { asWritten } from "#kit/time/format.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { deliveriesQuery } from "./queries.ts";

/** The messages about one appointment and their results, newest first as the API has them. */
export function DeliveryList({ appointmentId, zones }: { appointmentId: string; zones: readonly string[] }) {
  const words = useDeliveryWords();
  const { data, error } = useQuery(deliveriesQuery(appointmentId));
  if (error !== null) return <ProblemNotice error={error} />;
  return (
    <ul style={{ margin: 0, paddingInlineStart: 18 }} aria-busy={data === undefined}>
      {data?.map(({ id, kind, state, why, startedAt }) => (
        <li key={id}>
          {words.kind[kind]}, {asWritten(startedAt, zones)}{" "}
          <span className={classes["badge"]} data-tone={isBad(state) ? "bad" : undefined}>
            {words.state[state]}
          </span>{" "}
          {why !== null && <code>{why}</code>}
        </li>
      ))}
      {data?.length === 0 && (
        <li>
          <Trans>Nothing has been sent about it.</Trans>
        </li>
      )}
    </ul>
  );
}

const isBad = (state: z.infer<typeof Delivery>["state"]) =>
  state === "failed" || state === "bounced" || state === "complained";

function useDeliveryWords() {
  const { t } = useLingui();
  const kind: Record<z.infer<typeof Delivery>["kind"], string> = {
    booked: t`Confirmation`,
    moved: t`New time`,
    "moved-by-clinic": t`Move by the clinic`,
    "being-placed": t`A new time is being looked for`,
    cancelled: t`Cancellation`,
    reminder: t`Reminder`,
  };
  const state: Record<z.infer<typeof Delivery>["state"], string> = {
    sending: t`being sent`,
    sent: t`sent, not known whether it arrived`,
    failed: t`not sent`,
    delivered: t`arrived`,
    bounced: t`came back`,
    complained: t`not wanted by its reader`,
  };
  return { kind, state };
}
