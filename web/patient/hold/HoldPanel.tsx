import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { countdownOf } from "#kit/time/format.ts";
import classes from "./HoldPanel.module.css";

export interface HoldPanelProps {
  msLeft: number;
  holdMs: number;
  extensionsLeft: number;
  extending: boolean;
  onExtend: () => void;
}

/** The time left of the hold, and the button that extends it. A warning in the last minute. */
export function HoldPanel({ msLeft, holdMs, extensionsLeft, extending, onExtend }: HoldPanelProps) {
  const { t } = useLingui();
  const usedUp = extensionsLeft <= 0;
  const note = useRef<HTMLParagraphElement>(null);
  const pressed = useRef(false);
  useEffect(() => {
    // The last extension removes the button that had the focus.
    if (usedUp && pressed.current) note.current?.focus();
  }, [usedUp]);
  const share = Math.min(1, msLeft / holdMs);
  return (
    <section className={classes["panel"]} data-warn={msLeft <= 60_000 || undefined} aria-labelledby="hold-heading">
      <div className={classes["line"]}>
        <h2 id="hold-heading" className={classes["heading"]}>
          {msLeft <= 60_000 ? t`Less than a minute left` : t`We are holding this time for you`}
        </h2>
        <span className={classes["clock"]} role="timer" aria-label={t`Time left`} aria-live="off">
          {countdownOf(msLeft)}
        </span>
        <span className={classes["short"]} aria-hidden="true">
          <Trans comment="After a countdown such as 4:05">left</Trans>
        </span>
      </div>
      <div className={classes["track"]} aria-hidden="true">
        <div className={classes["rest"]} style={{ transform: `scaleX(${share})` }} />
      </div>
      {usedUp ? (
        <p ref={note} tabIndex={-1} className={classes["note"]}>
          <Trans>You have used all the extra time. Confirm now or choose again later.</Trans>
        </p>
      ) : (
        <Button
          variant="white"
          aria-busy={extending}
          onClick={() => {
            pressed.current = true;
            if (!extending) onExtend();
          }}
        >
          <Trans>Keep it longer</Trans>
        </Button>
      )}
    </section>
  );
}
