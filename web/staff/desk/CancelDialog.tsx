import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config } from "#contract/answers/clinic.ts";
import type { CancellationReason } from "#contract/requests/appointments.ts";
import { isProblem } from "#kit/api/problem.ts";
import { appointmentQuery } from "#kit/appointments/queries.ts";
import { useChangeAppointment } from "#kit/appointments/useChangeAppointment.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { OverrideField } from "./OverrideField.tsx";
import { useCancellationWords } from "./cancellation.ts";
import { fieldsOf } from "#kit/ui/fields.ts";

export interface CancelDialogProps {
  appointment: Pick<Appointment, "id" | "patientName" | "startsAt" | "locationId">;
  config: Config;
  onClose: () => void;
  onDone: () => void;
}

/**
 * Cancels, with the reason and the person whose reason it is. The note is for the clinic; the mail says only that it is
 * cancelled.
 */
export function CancelDialog({ appointment, config, onClose, onDone }: CancelDialogProps) {
  const { t } = useLingui();
  const words = useCancellationWords();
  const { data } = useQuery(appointmentQuery(appointment.id));
  const [choice, setChoice] = useState("patient cannot-attend");
  const { mutate, error, isPending, waiting } = useChangeAppointment(appointment.id, "cancel");
  const frozen = isProblem(error, "frozen");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = fieldsOf(event.currentTarget);
    const [note, override] = [text("note"), text("override")];
    const [by, code] = choice.split(" ");
    const reason = { by, code, ...(note === "" ? {} : { note }) } as CancellationReason;
    if (!data || isPending) return;
    mutate(
      { etag: data.etag, body: { reason, ...(override === "" ? {} : { override: { reason: override } }) } },
      { onSuccess: onDone },
    );
  };
  const [who, when] = [appointment.patientName, whenOf(appointment, config)];
  return (
    <Dialog title={t`Cancel the appointment`} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        <p style={{ margin: 0 }}>
          <strong>{who}</strong>, {when}
        </p>
        <NativeSelect
          label={t`Why`}
          data-autofocus
          value={choice}
          onChange={(event) => setChoice(event.currentTarget.value)}
          data={words.map(({ group, items }) => ({ group, items }))}
        />
        <TextInput name="note" label={t`Note for the clinic (optional)`} maxLength={500} />
        {frozen && <OverrideField rule={t`It starts too soon for patients to cancel it.`} />}
        {error !== null && !frozen && <ProblemNotice error={error} focus />}
        <WaitingNotice waiting={waiting} warning={t`Don't cancel it again.`} />
        <Button type="submit" size="sm" color="var(--danger)" disabled={!data} aria-busy={isPending}>
          <Trans>Cancel this appointment</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
