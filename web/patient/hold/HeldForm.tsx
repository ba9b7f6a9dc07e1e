import { Button, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import type { Hold } from "#contract/answers/holds.ts";
import type { Waiting } from "#kit/api/request.ts";
import page from "#kit/ui/Page.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "./HeldForm.module.css";
import { HoldPanel } from "./HoldPanel.tsx";

/** A hold with its state and its actions. */
export interface Held {
  hold: Hold;
  msLeft: number;
  /** Why confirming takes long; null if it does not. */
  waiting: Waiting;
  confirming: boolean;
  extending: boolean;
  onExtend: () => void;
}

export interface HeldFormProps {
  held: Held;
  /** The initial duration of a hold, milliseconds. */
  holdMs: number;
  /** The button's label, and its label during the request. */
  confirm: string;
  confirmingNow: string;
  /** A warning to the patient while the answer takes long. */
  warning: string;
  onConfirm: () => void;
  /** The details to check. */
  children: ReactNode;
}

/** The details to check, the confirm button, and the time left. On a phone the latter two stay in view. */
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
