import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import type { Cell } from "#kit/board/cells.ts";
import { type Mark, marksOf } from "#kit/board/marks.ts";
import { isTyping, singleKeysOn, useShortcuts } from "#kit/shortcuts/shortcuts.ts";
import { addDays } from "#kit/time/format.ts";
import type { Marking } from "./useMark.ts";

const MARKS: Record<string, Mark> = { a: "arrived", c: "completed", n: "no-show" };
const STEPS: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
const DAYS: Record<string, number> = { "[": -1, "]": 1 };

interface Day {
  date: string;
  cells: readonly Cell[];
  /** Epoch milliseconds. */
  now: number;
  mark: Marking["mark"];
}

/** The keys of a doctor's day. A, C and N mark the patient whose line has the focus. */
export function useDayKeys({ date, cells, now, mark }: Day): void {
  const { t } = useLingui();
  const navigate = useNavigate();
  useShortcuts(
    useMemo(
      () => ({
        title: t`Your day`,
        shortcuts: [
          { keys: "↓ ↑ J K", what: t`Next patient, patient before` },
          { keys: "Enter", what: t`Details of the patient` },
          { keys: "A", what: t`The patient has arrived` },
          { keys: "C", what: t`Completed: the patient was seen` },
          { keys: "N", what: t`The patient did not come` },
          { keys: "[ ]", what: t`Day before, day after` },
        ],
      }),
      [t],
    ),
  );
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key.length === 1 && !singleKeysOn()) return;
      const step = STEPS[key];
      if (step !== undefined) {
        if (move(step)) event.preventDefault();
        return;
      }
      const days = DAYS[key];
      if (days !== undefined) void navigate({ to: "/doctor/day", search: { date: addDays(date, days) } });
      const wanted = MARKS[key];
      const appointment = cells.find((cell) => cell.appointment?.id === focusedId())?.appointment;
      if (wanted && appointment && marksOf(appointment, now).includes(wanted)) mark(appointment, wanted);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [date, cells, now, mark, navigate]);
}

const names = () => [...document.querySelectorAll<HTMLElement>("[data-patient]")];
const lineOf = (element: Element | null) => element?.closest("[data-line]") ?? null;

/** The appointment whose line has the focus. */
function focusedId(): string | undefined {
  return lineOf(document.activeElement)?.querySelector<HTMLElement>("[data-patient]")?.dataset["patient"];
}

/** Moves the focus by patients; from outside of the list to the first, or the one whose turn it is. */
function move(step: number): boolean {
  const all = names();
  const at = all.findIndex((name) => name.dataset["patient"] === focusedId());
  const next = at === -1 ? (all.find((name) => lineOf(name)?.hasAttribute("data-next")) ?? all[0]) : all[at + step];
  next?.focus();
  return next !== undefined;
}
