import { Trans, useLingui } from "@lingui/react/macro";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { serverNow } from "#kit/time/clock.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import desk from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import type { useCase } from "./useCase.ts";

export interface CaseDialogProps {
  act: ReturnType<typeof useCase>["act"];
  onClose: () => void;
  onDone: () => void;
}

const HOUR_MS = 3_600_000;

/** The patient did not answer: when to call again, with a note for colleagues. */
export function CallLaterDialog({ act, onClose, onDone }: CaseDialogProps) {
  const { t } = useLingui();
  const [hours, setHours] = useState(2);
  const choices: [number, string][] = [
    [1, t`in 1 hour`],
    [2, t`in 2 hours`],
    [4, t`in 4 hours`],
    [24, t`tomorrow at this time`],
  ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = fieldsOf(event.currentTarget)("note");
    const at = new Date(serverNow().getTime() + hours * HOUR_MS).toISOString();
    if (!act.isPending) act.mutate({ verb: "contact-later", at, note }, { onSuccess: onDone });
  };
  return (
    <Dialog title={t`Call later`} onClose={onClose}>
      <form className={desk["form"]} onSubmit={submit}>
        <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
          <legend>{t`Call again`}</legend>
          <div className={desk["row"]}>
            {choices.map(([value, words]) => (
              <label key={value} className={desk["small"]}>
                <input type="radio" name="hours" checked={value === hours} onChange={() => setHours(value)} />
                {words}
              </label>
            ))}
          </div>
        </fieldset>
        <TextInput name="note" label={t`Note for colleagues (optional)`} maxLength={500} data-autofocus />
        {act.error !== null && <ProblemNotice error={act.error} focus />}
        <Button type="submit" size="sm" aria-busy={act.isPending}>
          <Trans>Call later</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
