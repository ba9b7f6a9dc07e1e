import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import type { CancellationReason } from "#contract/requests/appointments.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import desk from "#kit/ui/Screen.module.css";
import { useCancellationWords } from "../cancellation.ts";
import { fieldsOf } from "#kit/ui/fields.ts";
import type { CaseDialogProps } from "./CallLaterDialog.tsx";

/** No time will be found: the appointment is cancelled, with whose reason it is and which. */
export function CancelCaseDialog({ name, act, onClose, onDone }: CaseDialogProps & { name: string }) {
  const { t } = useLingui();
  const words = useCancellationWords();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = fieldsOf(event.currentTarget);
    const [by, code] = text("why").split(" ");
    const note = text("note");
    const reason = { by, code, ...(note === "" ? {} : { note }) } as CancellationReason;
    if (!act.isPending) act.mutate({ verb: "cancel", reason }, { onSuccess: onDone });
  };
  return (
    <Dialog title={t`Cancel the appointment of ${name}`} onClose={onClose}>
      <form className={desk["form"]} onSubmit={submit}>
        <NativeSelect name="why" label={t`Why`} data={words} defaultValue="clinic closed" data-autofocus />
        <TextInput name="note" label={t`Note for the clinic (optional)`} maxLength={500} />
        {act.error !== null && <ProblemNotice error={act.error} focus />}
        <Button type="submit" size="sm" color="var(--danger)" aria-busy={act.isPending}>
          <Trans>Cancel this appointment</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
