import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import type { CalendarTask } from "#kit/calendar/task.ts";
import { fullWhenOf } from "#kit/appointments/words.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import classes from "./Calendar.module.css";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { slotAdded } from "./changes.ts";
import { instantOf, wallTimeOf } from "./instants.ts";
import type { Change } from "./useChange.ts";

export interface AddSlotDialogProps {
  task: Extract<CalendarTask, { kind: "add" }>;
  doctor: Doctor;
  config: Config;
  onClose: () => void;
}

/** A single time beside the schedule: from, how long, where. */
export function AddSlotDialog({ task, doctor, config, onClose }: AddSlotDialogProps) {
  const { t } = useLingui();
  const [change, setChange] = useState<Change | null>(null);
  const [skipped, setSkipped] = useState(false);
  const start = wallTimeOf(task.date, task.from);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = fieldsOf(event.currentTarget);
    const locationId = value("location") || (config.locations[0]?.id ?? "");
    const zone = config.locations.find(({ id }) => id === locationId)?.timeZone ?? config.clinic.timeZone;
    const startsAt = instantOf(value("date"), value("from"), zone);
    setSkipped(startsAt === null);
    if (startsAt === null) return;
    const endsAt = new Date(Date.parse(startsAt) + Number(value("minutes")) * 60_000).toISOString();
    const when = `${fullWhenOf({ startsAt, locationId }, config)}, ${doctor.name}`;
    setChange(slotAdded({ doctorId: doctor.id, locationId, startsAt, endsAt }, when));
  };
  return (
    <Dialog title={t`Add a time`} onClose={onClose}>
      <form className={screen["form"]} onSubmit={submit}>
        <p style={{ margin: 0 }}>
          <strong>{doctor.name}</strong>
        </p>
        <div className={classes["pair"]}>
          <TextInput type="date" name="date" label={t`Day`} defaultValue={start.date} required />
          <TextInput type="time" name="from" label={t`From`} defaultValue={start.time} required data-autofocus />
          <TextInput
            type="number"
            name="minutes"
            label={t`Minutes`}
            min={5}
            max={120}
            defaultValue={String(doctor.slotMinutes)}
            required
          />
        </div>
        {config.locations.length > 1 && (
          <NativeSelect
            name="location"
            label={t`Where`}
            defaultValue={doctor.locationIds[0] ?? ""}
            data={config.locations.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        {skipped && (
          <Notice tone="bad" title={t`The clocks skip that time on this day`} focus>
            <Trans>Choose another time.</Trans>
          </Notice>
        )}
        <Button type="submit" size="sm">
          <Trans>Preview the change</Trans>
        </Button>
      </form>
      {change && <ChangeDialog change={change} onBack={() => setChange(null)} onDone={onClose} />}
    </Dialog>
  );
}
