import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { isProblem } from "#kit/api/problem.ts";
import { configQuery } from "#kit/api/queries.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "./Calendar.module.css";
import { ChangeProblem } from "./ChangeProblem.tsx";
import { ImpactView } from "./ImpactView.tsx";
import { OperationProgress } from "./OperationProgress.tsx";
import { differencesSince } from "./impact.ts";
import { allDoctorsQuery } from "./queries.ts";
import { type Change, useChange } from "./useChange.ts";

export interface ChangeDialogProps {
  change: Change;
  /** Back to the form, with nothing done. */
  onBack: () => void;
  /** Closed after the change was made. */
  onDone: () => void;
}

/** Every change of the clinic calendar: first its preview, then its progress, then links to the open cases. */
export function ChangeDialog({ change, onBack, onDone }: ChangeDialogProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(allDoctorsQuery);
  const { preview, apply, impact, before, waiting } = useChange(change);
  const stale = isProblem(apply.error, "preview-stale");
  const done = apply.data;
  return (
    <Dialog title={change.title} onClose={done ? onDone : onBack} wide>
      <div className={`${screen["form"]} ${classes["change"]}`}>
        <p>{change.what}</p>
        {done ? (
          <OperationProgress applied={done} onClose={onDone} />
        ) : (
          <>
            {preview.error !== null && <ChangeProblem error={preview.error} retry={() => preview.mutate()} />}
            {impact === null && preview.error === null && (
              <output aria-label={t`Looking at what would happen…`}>
                <Skeleton height={220} />
              </output>
            )}
            {stale && before && impact && (
              <Notice tone="warn" title={t`Something has changed since you looked`} focus key={impact.token}>
                <p>
                  <Trans>Nothing has been applied. This is what would happen now.</Trans>
                </p>
                <ul className={classes["plain"]}>
                  {differencesSince(before, impact).map((words) => (
                    <li key={words}>{words}</li>
                  ))}
                </ul>
              </Notice>
            )}
            {impact && config && <ImpactView impact={impact} config={config} doctors={doctors?.items ?? []} />}
            {apply.error !== null && !stale && <ChangeProblem error={apply.error} />}
            <WaitingNotice waiting={waiting} warning={t`Don't make the change again.`} />
            <div className={`${screen["row"]} ${classes["foot"]}`}>
              {impact && (
                <Button size="sm" aria-busy={apply.isPending} onClick={() => apply.isPending || apply.mutate(impact)}>
                  {impact.affected === 0 ? (
                    <Trans>Apply: no appointment is affected</Trans>
                  ) : (
                    plural(impact.affected, {
                      one: "Apply and notify # patient",
                      other: "Apply and notify # patients",
                    })
                  )}
                </Button>
              )}
              <Button size="sm" variant="outline" onClick={onBack}>
                <Trans>Back, change nothing</Trans>
              </Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
