import { useLingui } from "@lingui/react/macro";
import { Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { configQuery, sessionQuery } from "#kit/api/queries.ts";
import { TimeFacts } from "#kit/appointments/TimeFacts.tsx";
import { type Held, HeldForm } from "./HeldForm.tsx";
import { SameDay } from "./SameDay.tsx";
import { keepReason, readReason } from "./reason-draft.ts";

const REASON_MAX = 500;

export interface CheckAndConfirmProps {
  held: Held;
  onConfirm: (reason: string) => void;
}

/** The details of the new appointment, an optional reason, and the button that books it. */
export function CheckAndConfirm({ held, onConfirm }: CheckAndConfirmProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: session } = useQuery(sessionQuery);
  const [typed, setTyped] = useState<string>();
  // The patient who typed it, also after the session has ended.
  const [owner, setOwner] = useState(session?.patientId);
  if (session?.patientId !== undefined && session.patientId !== owner) setOwner(session.patientId);
  if (!config) return null;

  const reason = typed ?? (owner === undefined ? "" : readReason(owner));
  function type(text: string) {
    setTyped(text);
    if (owner !== undefined) keepReason(owner, text);
  }
  return (
    <HeldForm
      held={held}
      holdMs={config.holdSeconds * 1000}
      confirm={t`Confirm appointment`}
      confirmingNow={t`Booking…`}
      warning={t`Don't book again.`}
      onConfirm={() => onConfirm(reason)}
    >
      <SameDay slot={held.hold.slot} config={config} />
      <TimeFacts time={held.hold.slot} config={config} first={[[t`Who`, session?.name]]} />
      <Textarea
        label={t`Reason (optional)`}
        description={t`Only the clinic sees it. A few words help the doctor prepare.`}
        autosize={false}
        rows={2}
        maxLength={REASON_MAX}
        value={reason}
        onChange={(event) => type(event.currentTarget.value)}
      />
    </HeldForm>
  );
}
