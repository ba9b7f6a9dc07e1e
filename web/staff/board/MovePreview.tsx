import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import type { Board } from "./fold.ts";
import type { Facts } from "./judge.ts";
import { judgeMove } from "./judgeMove.ts";
import classes from "./move.module.css";
import { useMove } from "./moveStore.ts";
import { splitName } from "#kit/board/names.ts";
import { type MoveNames, consequence } from "./words.ts";

export interface MovePreviewProps {
  /** The newest data, also while an older board is shown. */
  board: Board;
  facts: Facts;
  names: MoveNames;
  /** The lines of the grid before a minute, to place the ghost. */
  lineOf: (minute: number) => number;
}

const ICON = { ok: "✓", ask: "?", no: "×", same: "·" } as const;

/** The visible part of a move: the ghost in the target cell, and a card with the consequence. */
export function MovePreview({ board, facts, names, lineOf }: MovePreviewProps) {
  const { t } = useLingui();
  const move = useMove();
  const ghost = useRef<HTMLDivElement>(null);
  const judgement = move && judgeMove(board, move, facts);
  const cell = judgement?.cell ?? null;
  const spot = cell && `${cell.column} ${cell.from}`;
  useEffect(() => {
    if (spot !== null && move?.by === "keys") ghost.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [spot, move?.by]);
  if (!move || !judgement) return null;
  const { head, state, lines } = consequence(move.appointment, judgement, names);
  const patient = splitName(move.appointment.patientName).surname;
  const column = cell ? cell.column + 2 : 0;
  const right = column <= board.columns.length / 2 + 1;
  return (
    <>
      {cell && (
        <div
          ref={ghost}
          aria-hidden="true"
          className={classes["ghost"]}
          data-tone={judgement.tone}
          style={{ gridArea: `${lineOf(cell.from)} / ${column} / ${lineOf(cell.to)}` }}
        >
          <span>{patient}</span>
        </div>
      )}
      <div
        aria-hidden="true"
        className={cell ? classes["card"] : classes["hint"]}
        data-tone={judgement.tone}
        data-side={right ? "right" : "left"}
        style={cell ? { gridArea: `${lineOf(cell.from)} / ${column}` } : undefined}
      >
        <strong>
          <span className={classes["icon"]}>{ICON[judgement.tone]}</span> {head}
        </strong>
        {state !== "" && head !== state && <em>{state}</em>}
        {lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
        {move.by === "keys" && <small>{t`Arrows move, Enter drops, Esc puts it back`}</small>}
      </div>
    </>
  );
}

/** The spoken part of a move: the same, in one live region beside the grid. */
export function SpokenMove({ board, facts, names }: Omit<MovePreviewProps, "lineOf">) {
  const move = useMove();
  if (!move) return <output className={classes["spoken"]} />;
  const { head, state, lines } = consequence(move.appointment, judgeMove(board, move, facts), names);
  return (
    <output className={classes["spoken"]}>
      {[head, state, ...lines].filter((line, at, all) => line !== "" && all.indexOf(line) === at).join(". ")}
    </output>
  );
}
