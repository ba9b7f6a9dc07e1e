import { Trans, useLingui } from "@lingui/react/macro";
import type { OperationDetail } from "#contract/answers/operations.ts";
import { durationOf } from "#kit/time/format.ts";
import screen from "#kit/ui/Screen.module.css";
import classes from "./Calendar.module.css";

/** How many appointments of a running operation are decided, and how long the rest takes. */
export function ProgressBar({ operation }: { operation: OperationDetail }) {
  const { t } = useLingui();
  const { displaced, pending } = operation.counts;
  const decided = displaced - pending;
  const left = operation.etaSeconds === null ? null : durationOf(operation.etaSeconds);
  return (
    <div className={screen["form"]} style={{ gap: 4 }}>
      <progress className={classes["progress"]} max={displaced} value={decided} aria-label={t`Finding new times`} />
      <output>
        <Trans>
          New times: {decided} of {displaced} appointments decided.
        </Trans>{" "}
        {left !== null && <Trans>About {left} left.</Trans>}
      </output>
    </div>
  );
}
