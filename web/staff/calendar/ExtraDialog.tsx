import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { addDays, dateOf } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import classes from "./Calendar.module.css";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { SLOT_LENGTHS } from "./DoctorDialog.tsx";
import { exceptionAdded } from "./changes.ts";
import type { Change } from "./useChange.ts";

export interface ExtraDialogProps {
  doctor: Pick<Doctor, "id" | "name">;
  config: Config;
  onClose: () => void;
}

/** A session beside the weekly schedule, on one date. */
export function ExtraDialog({ doctor, config, onClose }: ExtraDialogProps) {
  const { t } = useLingui();
  const [change, setChange] = useState<Change | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = fieldsOf(event.currentTarget);
    const [to, minutes] = [value("to"), value("slotMinutes")];
    setChange(
      exceptionAdded(doctor, {
        kind: "extra",
        date: value("date"),
        from: value("from"),
        to: to === "00:00" ? "24:00" : to,
        slotMinutes: minutes === "" ? null : Number(minutes),
        locationId: value("location") || (config.locations[0]?.id ?? ""),
        note: value("note") || null,
      }),
    );
  };
  const tomorrow = addDays(dateOf(serverNow(), config.clinic.timeZone), 1);
  return (
    <Dialog title={t`Add an extra session`} onClose={onClose}>
      <form className={screen["form"]} onSubmit={submit}>
        <div className={classes["pair"]}>
          <TextInput type="date" name="date" label={t`Day`} defaultValue={tomorrow} required data-autofocus />
          <TextInput type="time" name="from" label={t`From`} defaultValue="" required />
          <TextInput
            type="time"
            name="to"
            label={t({ message: "To", context: "end of a session" })}
            defaultValue=""
            required
          />
          <NativeSelect
            name="slotMinutes"
            label={t`Minutes`}
            data={[
              { value: "", label: t`as usual` },
              ...SLOT_LENGTHS.map((length) => ({ value: String(length), label: String(length) })),
            ]}
          />
        </div>
        {config.locations.length > 1 && (
          <NativeSelect
            name="location"
            label={t`Where`}
            data={config.locations.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        <TextInput name="note" label={t`Note for colleagues (optional)`} maxLength={200} />
        <Button type="submit" size="sm">
          <Trans>Preview the change</Trans>
        </Button>
      </form>
      {change && <ChangeDialog change={change} onBack={() => setChange(null)} onDone={onClose} />}
    </Dialog>
  );
}
