import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import classes from "./screen.module.css";
import type { Desk } from "./useDesk.ts";

const SHOWN_MS = 12_000;

/** The last action, and the way back. */
export function Toast({ desk: { said, say, writes } }: { desk: Desk }) {
  const { t } = useLingui();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said, say]);
  const { undo } = said ?? {};
  return (
    <output className={classes["toastSlot"]}>
      {said && (
        <div className={classes["toast"]}>
          <span>{said.text}</span>
          {undo && (
            <button
              type="button"
              disabled={writes.pending !== null}
              onClick={() => {
                say(null);
                void writes.run(undo);
              }}
            >
              <Trans>Undo</Trans>
            </button>
          )}
          <button type="button" aria-label={t`Close`} onClick={() => say(null)}>
            <span aria-hidden="true">×</span>
          </button>
        </div>
      )}
    </output>
  );
}
