import { Button, Stack, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Hold } from "#contract/holds.ts";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import type { Waiting } from "#kit/api/request.ts";
import page from "#kit/ui/Page.module.css";
import { TimeFacts } from "../TimeFacts.tsx";
import { WaitingNotice } from "../layout/WaitingNotice.tsx";
import { HoldPanel } from "./HoldPanel.tsx";
import classes from "./HoldPanel.module.css";
import { keepReason, readReason } from "./reason-draft.ts";

const REASON_MAX = 500;

export interface CheckAndConfirmProps {
  hold: Hold;
  msLeft: number;
  waiting: Waiting;
  confirming: boolean;
  onConfirm: (reason: string) => void;
  extending: boolean;
  onExtend: () => void;
}

/** Who, what, when and where, an optional reason, and the one button that books. */
export function CheckAndConfirm(props: CheckAndConfirmProps) {
  const { hold, msLeft, waiting, confirming, onConfirm, extending, onExtend } = props;
  const { data: config } = useQuery(configQuery);
  const { data: session } = useQuery(sessionQuery);
  const [typed, setTyped] = useState<string>();
  // Whoever was here when it was typed, also while the session is over.
  const [owner, setOwner] = useState(session?.patientId);
  if (session?.patientId !== undefined && session.patientId !== owner) setOwner(session.patientId);
  if (!config) return null;

  const reason = typed ?? (owner === undefined ? "" : readReason(owner));
  function type(text: string) {
    setTyped(text);
    if (owner !== undefined) keepReason(owner, text);
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!confirming) onConfirm(reason);
  }
  return (
    <div className={classes["columns"]}>
      <form className={page["card"]} onSubmit={submit}>
        <Stack gap="lg">
          <TimeFacts time={hold.slot} config={config} first={[["Who", session?.name]]} />
          <Textarea
            label="Reason (optional)"
            description="Only the clinic sees it. A few words help the doctor prepare."
            autosize={false}
            rows={2}
            maxLength={REASON_MAX}
            value={reason}
            onChange={(event) => type(event.currentTarget.value)}
          />
          <Button type="submit" size="lg" fullWidth aria-busy={confirming} data-busy={confirming || undefined}>
            {confirming ? "Booking…" : "Confirm appointment"}
          </Button>
          <WaitingNotice waiting={waiting} warning="don't book again" />
        </Stack>
      </form>
      <HoldPanel
        msLeft={msLeft}
        holdMs={config.holdSeconds * 1000}
        extensionsLeft={hold.extensionsLeft}
        extending={extending}
        onExtend={onExtend}
      />
    </div>
  );
}
