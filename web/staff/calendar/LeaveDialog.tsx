import { Trans, useLingui } from "@lingui/react/macro";
import { Button, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { addDays, dateOf } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import { doctorLeaves } from "./changes.ts";
import type { Change } from "./useChange.ts";

export interface LeaveDialogProps {
  doctor: Pick<Doctor, "id" | "name">;
  config: Config;
  onChange: (change: Change) => void;
  onClose: () => void;
}

/** Asks for the last day of a doctor who leaves. */
export function LeaveDialog({ doctor, config, onChange, onClose }: LeaveDialogProps) {
  const { t } = useLingui();
  const today = dateOf(serverNow(), config.clinic.timeZone);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChange(doctorLeaves(doctor, addDays(fieldsOf(event.currentTarget)("last"), 1)));
  };
  return (
    <Dialog title={t`Leave the clinic`} onClose={onClose}>
      <form className={screen["form"]} onSubmit={submit}>
        <p style={{ margin: 0 }}>
          <Trans>
            After the last day of {doctor.name} there are no times any more. Appointments after it move to colleagues
            where they can.
          </Trans>
        </p>
        <TextInput
          type="date"
          name="last"
          label={t`Last day`}
          min={addDays(today, -1)}
          defaultValue={addDays(today, 30)}
          required
          data-autofocus
        />
        <Button type="submit" size="sm">
          <Trans>Preview the change</Trans>
        </Button>
      </form>
    </Dialog>
  );
}
