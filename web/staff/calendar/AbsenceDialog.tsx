import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf, timeOf } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import screen from "#kit/ui/Screen.module.css";
import { fieldsOf } from "#kit/ui/fields.ts";
import classes from "./Calendar.module.css";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { exceptionAdded } from "./changes.ts";
import type { Change } from "./useChange.ts";

type Hours = "days" | "until" | "from" | "between";

export interface AbsenceDialogProps {
  doctors: readonly Pick<Doctor, "id" | "name">[];
  config: Config;
  /** The values at first. */
  first: { doctorId?: string | undefined; date?: string; hours?: Hours };
  onClose: () => void;
}

/** An absence: the doctor, the days, whole days or hours of a day. A late doctor is `until` an hour today. */
export function AbsenceDialog({ doctors, config, first, onClose }: AbsenceDialogProps) {
  const { t } = useLingui();
  const now = serverNow();
  const zone = config.clinic.timeZone;
  const [change, setChange] = useState<Change | null>(null);
  const [hours, setHours] = useState<Hours>(first.hours ?? "days");
  const choices: [Hours, string][] = [
    ["days", t`Whole days`],
    ["until", t`Until an hour`],
    ["from", t`From an hour, for the rest of the day`],
    ["between", t`Between two hours`],
  ];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const value = fieldsOf(event.currentTarget);
    const doctor = doctors.find(({ id }) => id === (value("doctor") || doctors[0]?.id));
    const fromDate = value("fromDate");
    const between: Record<Hours, { from: string; to: string } | { from: null; to: null }> = {
      days: { from: null, to: null },
      until: { from: "00:00", to: value("to") },
      from: { from: value("from"), to: "24:00" },
      between: { from: value("from"), to: value("to") },
    };
    if (!doctor) return;
    const place = value("location");
    setChange(
      exceptionAdded(doctor, {
        kind: "absence",
        fromDate,
        toDate: hours === "days" ? value("toDate") : fromDate,
        ...between[hours],
        locationId: place === "" ? null : place,
        note: value("note") || null,
      }),
    );
  };
  const today = dateOf(now, zone);
  const date = first.date ?? today;
  const time = timeOf(now.toISOString(), zone).slice(0, 5);
  // A late doctor is late by half an hour until staff say otherwise.
  const soon = timeOf(new Date(Math.ceil((now.getTime() + 1_800_000) / 300_000) * 300_000).toISOString(), zone).slice(
    0,
    5,
  );
  return (
    <Dialog title={t`Absence of a doctor`} onClose={onClose}>
      <form className={screen["form"]} onSubmit={submit}>
        {doctors.length > 1 ? (
          <NativeSelect
            name="doctor"
            label={t({ message: "Doctor", context: "label before the name" })}
            defaultValue={first.doctorId ?? ""}
            // No doctor is chosen by chance.
            required
            data={[
              ...(first.doctorId === undefined ? [{ value: "", label: t`Choose…` }] : []),
              ...doctors.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            data-autofocus
          />
        ) : (
          <p style={{ margin: 0 }}>
            <strong>{doctors[0]?.name}</strong>
          </p>
        )}
        <fieldset className={classes["choices"]}>
          <legend>{t`How long`}</legend>
          {choices.map(([value, words]) => (
            <label key={value} className={screen["small"]}>
              <input type="radio" name="hours" checked={value === hours} onChange={() => setHours(value)} />
              {words}
            </label>
          ))}
        </fieldset>
        <div className={classes["pair"]}>
          <TextInput
            type="date"
            name="fromDate"
            label={hours === "days" ? t`First day` : t`Day`}
            defaultValue={date}
            required
          />
          {hours === "days" && <TextInput type="date" name="toDate" label={t`Last day`} defaultValue={date} required />}
          {(hours === "from" || hours === "between") && (
            <TextInput type="time" name="from" label={t`From`} defaultValue={date === today ? time : ""} required />
          )}
          {(hours === "until" || hours === "between") && (
            <TextInput
              type="time"
              name="to"
              label={t`Until`}
              defaultValue={hours === "until" && date === today ? soon : ""}
              required
            />
          )}
        </div>
        {config.locations.length > 1 && (
          <NativeSelect
            name="location"
            label={t`Where`}
            data={[
              { value: "", label: t`Everywhere` },
              ...config.locations.map(({ id, name }) => ({ value: id, label: name })),
            ]}
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
