import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import type { CANCELLATION_CODES, CancellationReason } from "#contract/requests/appointments.ts";
import { asWritten } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import classes from "./screen.module.css";

type By = CancellationReason["by"];
type Codes = { [Who in By]: readonly [(typeof CANCELLATION_CODES)[Who][number], MessageDescriptor][] };

/** The person whose reason it is, and the reason. `unspecified` is for programs, so staff are not offered it. */
const REASONS: Codes = {
  patient: [
    ["cannot-attend", msg`Cannot come at that time`],
    ["better", msg`Feels better`],
    ["unwell", msg`Too unwell to come`],
    ["no-longer-needed", msg`No longer needed`],
    ["elsewhere", msg`Found care elsewhere`],
    ["deceased", msg`Has died`],
    ["other", msg`Something else`],
  ],
  doctor: [
    ["unwell", msg`Unwell`],
    ["absent", msg`Away`],
    ["emergency", msg`Emergency`],
    ["other", msg`Something else`],
  ],
  clinic: [
    ["staffing", msg`Too few staff`],
    ["equipment", msg`Equipment`],
    ["closed", msg`The clinic is closed`],
    ["booked-in-error", msg`Booked in error`],
    ["duplicate", msg`Booked twice`],
    ["other", msg`Something else`],
  ],
};

export interface CancelDialogProps {
  appointment: BoardAppointment;
  /** IANA zone of its location. */
  zone: string;
  onCancel: (reason: CancellationReason) => void;
  onClose: () => void;
}

/** Cancels with a classified reason. The note is for the clinic; the message to the patient has none of it. */
export function CancelDialog({ appointment, zone, onCancel, onClose }: CancelDialogProps) {
  const { t, i18n } = useLingui();
  const [by, setBy] = useState<By>("patient");
  const [code, setCode] = useState<string>("cannot-attend");
  const [note, setNote] = useState("");
  const sides: [By, string][] = [
    ["patient", t({ message: "The patient", context: "whose reason" })],
    ["doctor", t({ message: "The doctor", context: "whose reason" })],
    ["clinic", t({ message: "The clinic", context: "whose reason" })],
  ];
  const choose = (side: By) => {
    setBy(side);
    setCode(REASONS[side][0]?.[0] ?? "other");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const kept = note.trim();
    onCancel({ by, code, ...(kept === "" ? {} : { note: kept }) } as CancellationReason);
  };
  return (
    <Dialog title={t`Cancel ${appointment.patientName}, ${asWritten(appointment.startsAt, [zone])}?`} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <fieldset className={classes["choices"]} data-row>
            <legend>
              <Trans>Whose reason is it?</Trans>
            </legend>
            {sides.map(([side, label]) => (
              <label key={side}>
                <input
                  type="radio"
                  name="by"
                  checked={by === side}
                  onChange={() => choose(side)}
                  data-autofocus={side === "patient" ? "" : undefined}
                />
                {label}
              </label>
            ))}
          </fieldset>
          <fieldset className={classes["choices"]}>
            <legend>
              <Trans>Which reason?</Trans>
            </legend>
            {REASONS[by].map(([value, label]) => (
              <label key={value}>
                <input type="radio" name="code" checked={code === value} onChange={() => setCode(value)} />
                {i18n._(label)}
              </label>
            ))}
          </fieldset>
          <Textarea
            label={t`Note for the clinic (optional)`}
            value={note}
            maxLength={500}
            autosize={false}
            rows={2}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Text size="sm">
            <Trans>
              The patient is told that it is cancelled, and never reads the note. The time comes free at once.
            </Trans>
          </Text>
          <Group>
            <Button type="submit" color="var(--danger)">
              <Trans>Cancel the appointment</Trans>
            </Button>
            <Button variant="outline" onClick={onClose}>
              <Trans>Keep it</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
