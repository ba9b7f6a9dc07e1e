import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import { isProblem } from "#kit/api/problem.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import desk from "#kit/ui/Screen.module.css";
import { OverrideField } from "../OverrideField.tsx";
import { fieldsOf } from "#kit/ui/fields.ts";
import { Candidates } from "./Candidates.tsx";
import { CancelCaseDialog } from "./CancelCaseDialog.tsx";
import { CallLaterDialog } from "./CallLaterDialog.tsx";
import { CaseFacts } from "./CaseFacts.tsx";
import classes from "./Queue.module.css";
import { caseQuery } from "./queries.ts";
import { useCase } from "./useCase.ts";
import { useKeys } from "./useQueueKeys.ts";

export interface CasePanelProps {
  caseId: string;
  config: Config;
  /** The case is dealt with. @param words what was done */
  onNext: (words: string) => void;
}

/** One case: who, what was lost and why, the best free times, and what can be done. */
export function CasePanel({ caseId, config, onNext }: CasePanelProps) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(caseQuery(caseId));
  const { act, claim, begin, waiting } = useCase(caseId);
  const [chosen, setChosen] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"later" | "cancel" | null>(null);
  const form = useRef<HTMLFormElement>(null);
  // The chosen time may have gone since: then it is the best one again, and the list says so.
  const slot = data?.candidates.find((one) => one.slot.id === chosen) ?? data?.candidates[0];
  const open = data?.status === "open";
  const theirs = data?.claim !== null && data?.claim.mine === false;
  const show = (wanted: "later" | "cancel") => {
    begin();
    setDialog(wanted);
  };
  const choose = (slotId: string) => {
    setChosen(slotId);
    begin();
  };
  useKeys((key) => {
    if (!open || theirs) return false;
    const wanted = /^[1-9]$/.test(key) ? data.candidates[Number(key) - 1] : undefined;
    if (wanted) choose(wanted.slot.id);
    else if (key === "enter") form.current?.requestSubmit();
    else if (key === "c") begin();
    else if (key === "l") show("later");
    else return false;
    return true;
  });
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={420} radius="md" />;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!slot || act.isPending || theirs) return;
    const text = fieldsOf(event.currentTarget);
    const [name, at] = [data.patientName, whenOf(slot.slot, config)];
    act.mutate(
      {
        verb: "place",
        slotId: slot.slot.id,
        agreed: text("agreed") === "on",
        override: text("override"),
      },
      { onSuccess: () => onNext(t`${name} is placed: ${at}, ${slot.doctorName}.`) },
    );
  };
  const rule = ruleOf(act.error);
  return (
    <section className={classes["panel"]} aria-label={data.patientName}>
      <CaseFacts data={data} config={config} onClaim={() => claim.mutate()} claiming={claim.isPending} />
      {claim.error !== null && <ProblemNotice error={claim.error} />}
      {open && (
        <form ref={form} className={desk["form"]} onSubmit={submit}>
          <Candidates data={data} config={config} chosen={slot?.slot.id} disabled={theirs} onChoose={choose} />
          {slot && (
            <label className={desk["check"]}>
              <input type="checkbox" name="agreed" disabled={theirs} />
              <Trans>The patient has said yes on the phone</Trans>
            </label>
          )}
          {rule !== null && (
            <OverrideField
              rule={
                rule === "overlaps"
                  ? t`The patient has another appointment at that time.`
                  : t`That time does not suit this appointment.`
              }
            />
          )}
          {act.error !== null && rule === null && <ProblemNotice error={act.error} focus />}
          <WaitingNotice waiting={waiting} warning={t`Don't place it again.`} />
          <div className={classes["actions"]}>
            <button
              type="submit"
              className={`${desk["small"]} ${desk["main"]}`}
              disabled={!slot || theirs}
              aria-busy={act.isPending}
            >
              <Trans>Place and next</Trans> <span aria-hidden="true">↵</span>
            </button>
            <button type="button" className={desk["small"]} disabled={theirs} onClick={() => show("later")}>
              <Trans>Call later…</Trans>
            </button>
            <button
              type="button"
              className={desk["small"]}
              data-tone="bad"
              disabled={theirs}
              onClick={() => show("cancel")}
            >
              <Trans>Cancel appointment…</Trans>
            </button>
          </div>
        </form>
      )}
      {dialog === "later" && (
        <CallLaterDialog act={act} onClose={() => setDialog(null)} onDone={() => onNext(t`To be called again.`)} />
      )}
      {dialog === "cancel" && (
        <CancelCaseDialog
          name={data.patientName}
          act={act}
          onClose={() => setDialog(null)}
          onDone={() => onNext(t`The appointment is cancelled`)}
        />
      )}
    </section>
  );
}

/** The rule that staff may set aside. */
function ruleOf(error: unknown): "overlaps" | "unsuitable" | null {
  if (isProblem(error, "overlaps-own-appointment")) return "overlaps";
  return isProblem(error, "slot-unsuitable") ? "unsuitable" : null;
}
