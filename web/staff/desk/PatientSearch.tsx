import { useLingui } from "@lingui/react/macro";
import { TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import classes from "#kit/ui/Screen.module.css";
import { PatientResults } from "./PatientResults.tsx";

export interface PatientSearchProps {
  text: string;
  onText: (text: string) => void;
  /** The text that has been searched for. */
  asked: string;
  onChoose: (patientId: string) => void;
}

/** The field and the patients found; the arrow keys lead from one to the next. */
export function PatientSearch({ text, onText, asked, onChoose }: PatientSearchProps) {
  const { t } = useLingui();
  const area = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  // The search is what this screen is for. After the heading, which takes the focus on a new screen.
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const found = area.current;
    found?.addEventListener("keydown", goAlong);
    return () => found?.removeEventListener("keydown", goAlong);
  }, []);
  return (
    <search ref={area} className={classes["form"]}>
      <TextInput
        ref={field}
        id="patient-search"
        type="search"
        label={t`Name, number or date of birth`}
        description={t`Parts of words and misspelt names are found as well. A date: day, month and year, as 3/12/1985.`}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || text.trim() !== asked) return;
          event.currentTarget.closest("search")?.querySelector<HTMLElement>("ul button")?.click();
        }}
        autoComplete="off"
        data-autofocus
      />
      <PatientResults asked={asked} onChoose={onChoose} />
    </search>
  );
}

/** The arrow keys lead from the field to the first patient, and from one patient to the next. */
function goAlong(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (!(event.currentTarget instanceof Element)) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("input, ul button")];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
