import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useId } from "react";
import { isProblem } from "../api/problem.ts";
import classes from "../ui/Screen.module.css";

/** One member of a record, as a form shows it. */
export interface RecordField {
  name: string;
  label: string;
  description?: string;
  kind?: "text" | "tel" | "email" | "date" | "lines" | "check" | "choice";
  /** The options. */
  options?: { value: string; label: string }[];
  /** The form of a text, as help while typing. */
  suggestions?: readonly string[];
  required?: boolean;
  maxLength?: number;
  /** The words for the API's refusal of this member. */
  wrong: string;
}

export type RecordValues = Record<string, string | boolean>;

/** A field of a record's form, without state of its own: the form's data is read when it is sent. */
export function RecordInput({ field, value, error }: { field: RecordField; value: string | boolean; error: unknown }) {
  const id = useId();
  const { name, label, description, kind = "text", options, suggestions, required = false, maxLength } = field;
  const shared = {
    name,
    label,
    description,
    required,
    error: refusedMembers(error).includes(name) ? field.wrong : undefined,
  };
  if (kind === "check") {
    return (
      <div>
        <label className={classes["check"]}>
          <input type="checkbox" name={name} defaultChecked={value === true} aria-describedby={id} />
          {label}
        </label>
        <div id={id} className={classes["soft"]}>
          {description}
        </div>
      </div>
    );
  }
  if (kind === "choice") return <NativeSelect {...shared} data={options ?? []} defaultValue={String(value)} />;
  if (kind === "lines")
    return <Textarea {...shared} size="sm" autosize={false} rows={3} defaultValue={String(value)} />;
  return (
    <>
      <TextInput
        {...shared}
        type={kind}
        defaultValue={String(value)}
        maxLength={maxLength}
        list={suggestions && id}
        autoComplete="off"
      />
      {suggestions && (
        <datalist id={id}>
          {suggestions.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </datalist>
      )}
    </>
  );
}

/** The members of the body to which the API objects: `/name` gives `name`. */
export function refusedMembers(error: unknown): string[] {
  if (!isProblem(error, "invalid-request", "duplicate")) return [];
  const errors = Array.isArray(error.details["errors"]) ? (error.details["errors"] as { pointer?: unknown }[]) : [];
  return errors.flatMap(({ pointer }) => (typeof pointer === "string" ? [pointer.split("/")[1] ?? ""] : []));
}

/** The values of a form, by its fields. */
export function readFields(form: HTMLFormElement, fields: readonly RecordField[]): RecordValues {
  const data = new FormData(form);
  return Object.fromEntries(
    fields.map(({ name, kind }) => {
      const value = data.get(name);
      return [name, kind === "check" ? value !== null : typeof value === "string" ? value.trim() : ""];
    }),
  );
}
