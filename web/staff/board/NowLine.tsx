import { clock } from "#kit/board/names.ts";
import classes from "./board.module.css";

/** Where the day is now: a tag in the gutter, and a faint line that strikes no name through. */
export function NowLine({ minute, from }: { minute: number; from: number }) {
  return (
    <div
      aria-hidden="true"
      data-now
      className={classes["now"]}
      style={{ top: `calc(var(--head-1) + var(--head-2) + ${minute - from} * var(--minute))` }}
    >
      <span>{clock(minute)}</span>
    </div>
  );
}
