import { Button, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import type { Hold } from "#contract/answers/holds.ts";
import type { Waiting } from "#kit/api/request.ts";
import page from "#kit/ui/Page.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "./HeldForm.module.css";
import { HoldPanel } from "./HoldPanel.tsx";

/** A held time and what can be done with it. */
export interface Held {
  hold: Hold;
  msLeft: number;
  /** Why the answer to confirming takes long; null when it does not. */
  waiting: Waiting;
  confirming: boolean;
  extending: boolean;
  onExtend: () => void;
}

export interface HeldFormProps {
  held: Held;
  /** How long a hold lasts at first, milliseconds. */
  holdMs: number;
  /** What the button says, and while it is at it. */
  confirm: string;
  confirmingNow: string;
  /** What not to do while the answer takes long. */
  warning: string;
  onConfirm: () => void;
  /** What is to be checked. */
  children: ReactNode;
}

/** What to check, the one button that confirms it, and the time left: on a phone those two stay in view while one reads. */
export function HeldForm({ held, holdMs, confirm, confirmingNow, warning, onConfirm, children }: HeldFormProps) {
  const { hold, msLeft, waiting, confirming, extending, onExtend } = held;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!confirming) onConfirm();
  }
  return (
    <form className={classes["columns"]} onSubmit={submit}>
      <div className={page["card"]}>
        <Stack gap="lg">{children}</Stack>
      </div>
      <div className={classes["dock"]}>
        <div className={classes["action"]}>
          <Button type="submit" size="lg" fullWidth aria-busy={confirming} data-busy={confirming || undefined}>
            {confirming ? confirmingNow : confirm}
          </Button>
          <WaitingNotice waiting={waiting} warning={warning} />
        </div>
        <HoldPanel
          msLeft={msLeft}
          holdMs={holdMs}
          extensionsLeft={hold.extensionsLeft}
          extending={extending}
          onExtend={onExtend}
        />
      </div>
    </form>
  );
}
