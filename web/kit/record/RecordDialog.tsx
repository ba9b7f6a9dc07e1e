import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { type Problem, isProblem } from "../api/problem.ts";
import { useSave } from "../api/useSave.ts";
import type { Versioned } from "../api/versioned.ts";
import { AdministrationProblem } from "../session/StepUp.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Notice } from "../ui/Notice.tsx";
import classes from "../ui/Screen.module.css";
import { WaitingNotice } from "../ui/WaitingNotice.tsx";
import { TheirValues } from "./TheirValues.tsx";
import { type RecordField, RecordInput, type RecordValues, readFields } from "./fields.tsx";

export interface RecordDialogProps<Wire> {
  title: string;
  fields: readonly RecordField[];
  /** The record that is changed; null for a new one. */
  record: Versioned<Wire> | null;
  /** The path of the record, or of the list that gets a new one. */
  path: string;
  /** The values of the form's fields; of null: those of a new record. */
  valuesOf: (record: Wire | null) => RecordValues;
  /** The request's body. Of a record that is there it gets the changed values only, and all of them beside. */
  bodyOf: (values: RecordValues, all: RecordValues) => object;
  /** Reads the record again after another user's change. */
  reload?: () => Promise<Versioned<Wire>>;
  save: string;
  children?: ReactNode;
  onClose: () => void;
  onDone: (record: Wire, etag: string) => void;
}

/**
 * A form for one record. Only what was changed is sent. After another user's change it shows what they changed, and keeps
 * what was typed.
 */
export function RecordDialog<Wire>(props: RecordDialogProps<Wire>) {
  const { title, fields, path, valuesOf, bodyOf, reload, save, children, onClose, onDone } = props;
  const { t } = useLingui();
  const [record, setRecord] = useState(props.record);
  const [theirs, setTheirs] = useState<{ problem: Problem; before: RecordValues; now: RecordValues } | null>(null);
  const { mutate, reset, error, isPending, waiting } = useSave<Wire>(({ data, etag }) => onDone(data, etag ?? ""));
  const [initial] = useState(() => valuesOf(props.record?.value ?? null));
  const conflict = async (problem: Problem) => {
    const now = await reload?.();
    if (!now) return;
    setTheirs({ problem, before: valuesOf(record?.value ?? null), now: valuesOf(now.value) });
    setRecord(now);
    reset();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    const all = readFields(event.currentTarget, fields);
    const stored = valuesOf(record?.value ?? null);
    const typed = Object.entries(all).filter(([name, value]) => value !== initial[name] && value !== stored[name]);
    if (record !== null && typed.length === 0) return onClose();
    const change =
      record === null
        ? ({ method: "POST", path, body: bodyOf(all, all) } as const)
        : ({ method: "PATCH", path, body: bodyOf(Object.fromEntries(typed), all), ifMatch: record.etag } as const);
    mutate(change, { onError: (error) => void (isProblem(error, "version-conflict") && conflict(error)) });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={classes["form"]} onSubmit={submit}>
        {fields.map((field) => (
          <RecordInput key={field.name} field={field} value={initial[field.name] ?? ""} error={error} />
        ))}
        {children}
        {theirs && <TheirValues {...theirs} fields={fields} />}
        {error !== null && !isProblem(error, "version-conflict") && <AdministrationProblem error={error} focus />}
        {isProblem(error, "version-conflict") && <Notice tone="warn" title={t`Reading it again…`} live />}
        <WaitingNotice waiting={waiting} warning={t`Don't save it again.`} />
        <div className={classes["row"]}>
          <Button type="submit" size="sm" aria-busy={isPending}>
            {save}
          </Button>
          <button type="button" className={classes["small"]} onClick={onClose}>
            <Trans>Leave it as it is</Trans>
          </button>
        </div>
      </form>
    </Dialog>
  );
}
