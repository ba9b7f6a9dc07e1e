import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import type { Board } from "./fold.ts";
import classes from "./board.module.css";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export interface Heading {
  title: string;
  /** The part that follows where there is room. */
  rest?: string;
  /** The whole name, where the title is short. */
  name: string;
  /** Where a press leads. */
  onOpen?: (() => void) | undefined;
}

/** The two lines of headings: specialties (or weeks) above doctors (or days), each with its free times. */
export function BoardHead({ board, headings, now }: { board: Board; headings: readonly Heading[]; now: number }) {
  const { t } = useLingui();
  const groups: { title: string; from: number; count: number }[] = [];
  for (const [at, { group }] of board.columns.entries()) {
    const last = groups.at(-1);
    if (last?.title === group) last.count++;
    else groups.push({ title: group, from: at, count: 1 });
  }
  return (
    <>
      <div role="row" aria-rowindex={1} className={classes["row"]}>
        <div
          role="columnheader"
          aria-colindex={1}
          className={classes["corner"]}
          data-corner
          style={{ gridArea: "1 / 1 / span 2" }}
        >
          {t`Time`}
        </div>
        {groups.map(({ title, from, count }) => (
          <div
            key={from}
            role="columnheader"
            aria-colindex={from + 2}
            aria-colspan={count}
            className={classes["group"]}
            style={{ gridArea: `1 / ${from + 2} / auto / span ${count}` }}
          >
            <span>{specialtyWords(title)}</span>
          </div>
        ))}
      </div>
      <div role="row" aria-rowindex={2} className={classes["row"]}>
        {headings.map(({ title, rest, name, onOpen }, at) => {
          const free = freeIn(board, at, now);
          const words = plural(free, { one: "# free", other: "# free" });
          return (
            <div
              key={board.columns[at]?.key}
              role="columnheader"
              aria-colindex={at + 2}
              className={classes["doctor"]}
              style={{ gridArea: `2 / ${at + 2}` }}
            >
              {onOpen ? (
                <button type="button" tabIndex={-1} onClick={onOpen} title={name}>
                  {title} <span>{rest}</span>
                </button>
              ) : (
                <strong title={name}>{title}</strong>
              )}
              <small>{words}</small>
            </div>
          );
        })}
      </div>
    </>
  );
}

function freeIn(board: Board, column: number, now: number): number {
  const free = board.cells[column]?.filter(
    ({ kind, slot }) => (kind === "free" || kind === "late") && slot !== null && Date.parse(slot.startsAt) > now,
  );
  return free?.length ?? 0;
}
