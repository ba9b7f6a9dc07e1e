import { Trans, useLingui } from "@lingui/react/macro";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf } from "#kit/time/format.ts";
import screen from "#kit/ui/Screen.module.css";
import classes from "./Calendar.module.css";
import { SLOT_LENGTHS } from "./DoctorDialog.tsx";
import { scheduleChange } from "./changes.ts";
import type { WeeklySessions } from "./queries.ts";
import { type SessionDraft, draftOf, fittingLengths, nextDraft, sessionOf } from "./sessions.ts";
import type { Change } from "./useChange.ts";
import { weekdayWords } from "./words.ts";

export interface ScheduleFormProps {
  doctor: Pick<Doctor, "id" | "name">;
  sessions: WeeklySessions;
  etag: string;
  config: Config;
  onChange: (change: Change) => void;
  onClose: () => void;
}

/** The weekly sessions as rows to edit. What is typed stays while the preview is looked at. */
export function ScheduleForm({ doctor, sessions, etag, config, onChange, onClose }: ScheduleFormProps) {
  const { t } = useLingui();
  const today = dateOf(serverNow(), config.clinic.timeZone);
  const place = config.locations[0]?.id ?? "";
  const [rows, setRows] = useState(() =>
    sessions.length === 0 ? [nextDraft(undefined, today, place)] : sessions.map(draftOf),
  );
  const form = useRef<HTMLFormElement>(null);
  const added = useRef<"first" | "last" | null>("first");
  useEffect(() => {
    // The first row when the form opens, the new row after that.
    const selects = form.current?.querySelectorAll<HTMLElement>('[data-field="weekday"]');
    if (added.current !== null) selects?.[added.current === "first" ? 0 : rows.length - 1]?.focus();
    added.current = null;
  }, [rows.length]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(scheduleChange(doctor, rows.map(sessionOf), etag));
  };
  return (
    <form ref={form} className={screen["form"]} onSubmit={submit}>
      <div className={screen["list"]}>
        {rows.map((row, at) => (
          <SessionRow
            key={row.key}
            row={row}
            number={at + 1}
            config={config}
            onRow={(next) => setRows(rows.map((one) => (one.key === row.key ? next : one)))}
            onRemove={() => {
              setRows(rows.filter(({ key }) => key !== row.key));
              form.current?.querySelector<HTMLElement>("[data-add]")?.focus();
            }}
          />
        ))}
        {rows.length === 0 && (
          <p className={screen["line"]}>
            <Trans>Without sessions the doctor has no times.</Trans>
          </p>
        )}
      </div>
      <div className={screen["row"]}>
        <button
          type="button"
          data-add
          className={screen["small"]}
          onClick={() => {
            added.current = "last";
            setRows([...rows, nextDraft(rows.at(-1), today, place)]);
          }}
        >
          <Trans>Add a session</Trans>
        </button>
        <Button type="submit" size="sm">
          <Trans>Preview the change</Trans>
        </Button>
        <Button size="sm" variant="outline" onClick={onClose}>
          {t`Keep the schedule as it is`}
        </Button>
      </div>
    </form>
  );
}

interface SessionRowProps {
  row: SessionDraft;
  number: number;
  config: Config;
  onRow: (row: SessionDraft) => void;
  onRemove: () => void;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

function SessionRow({ row, number, config, onRow, onRemove }: SessionRowProps) {
  const { t } = useLingui();
  const field = (name: keyof SessionDraft) => ({
    value: row[name],
    onChange: (event: { currentTarget: { value: string } }) => onRow({ ...row, [name]: event.currentTarget.value }),
  });
  const chosen = Number(row.slotMinutes);
  const lengths = fittingLengths(row, SLOT_LENGTHS);
  const offered = row.slotMinutes === "" || lengths.includes(chosen) ? lengths : [...lengths, chosen];
  return (
    <fieldset className={classes["session"]}>
      <legend>{t`Row ${number}`}</legend>
      <NativeSelect
        data-field="weekday"
        label={t`Weekday`}
        {...field("weekday")}
        data={WEEKDAYS.map((day) => ({ value: String(day), label: weekdayWords(day) }))}
      />
      <TextInput type="time" label={t`From`} required {...field("from")} />
      <TextInput type="time" label={t({ message: "To", context: "end of a session" })} required {...field("to")} />
      <NativeSelect
        label={t`Minutes`}
        {...field("slotMinutes")}
        data={[
          { value: "", label: t`as usual` },
          ...offered.map((minutes) => ({ value: String(minutes), label: String(minutes) })),
        ]}
      />
      {config.locations.length > 1 && (
        <NativeSelect
          label={t`Where`}
          {...field("locationId")}
          data={config.locations.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <TextInput type="date" label={t`First day`} required {...field("validFrom")} />
      <TextInput type="date" label={t`Last day`} min={row.validFrom} {...field("lastDay")} />
      <button
        type="button"
        className={screen["small"]}
        data-tone="bad"
        aria-label={t`Remove row ${number}`}
        onClick={onRemove}
      >
        <Trans>Remove</Trans>
      </button>
    </fieldset>
  );
}
