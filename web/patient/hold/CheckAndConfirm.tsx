import { Button, Stack, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Hold } from "#contract/holds.ts";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import type { Waiting } from "#kit/api/request.ts";
import { dateOf, fullDayOf, timesOf, zoneWords } from "#kit/time/format.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { placeOf } from "../place.ts";
import { HoldPanel } from "./HoldPanel.tsx";
import classes from "./HoldPanel.module.css";

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
  const { data: doctors } = useQuery(doctorsQuery);
  const { data: session } = useQuery(sessionQuery);
  const [reason, setReason] = useState("");
  if (!config) return null;

  const { slot } = hold;
  const { zone, name, address } = placeOf(config, slot.locationId);
  const doctor = doctors?.items.find(({ id }) => id === slot.doctorId);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!confirming) onConfirm(reason);
  }
  return (
    <div className={classes["columns"]}>
      <form className={page["card"]} onSubmit={submit}>
        <Stack gap="lg">
          <Facts
            rows={[
              ["Who", session?.name],
              [
                "Doctor",
                doctor && (
                  <>
                    {doctor.name}
                    <small>{doctor.specialty}</small>
                  </>
                ),
              ],
              [
                "When",
                <>
                  {fullDayOf(dateOf(slot.startsAt, zone))}, {timesOf(slot, zone)}
                  <small>{zoneWords(zone)}</small>
                </>,
              ],
              [
                "Where",
                <>
                  {name ?? address}
                  {name !== undefined && <small>{address}</small>}
                </>,
              ],
            ]}
          />
          <Textarea
            label="Reason (optional)"
            description="Only the clinic sees it. A few words help the doctor prepare."
            autosize={false}
            rows={3}
            maxLength={REASON_MAX}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button type="submit" size="lg" fullWidth aria-busy={confirming} data-busy={confirming || undefined}>
            {confirming ? "Booking…" : "Confirm appointment"}
          </Button>
          {waiting !== null && (
            <Notice tone="warn" title={waiting === "offline" ? "You are offline" : "This takes longer than usual"} live>
              {waiting === "offline"
                ? "We will send this when you are back — don't book again."
                : "We keep trying. Stay on this page and don't book again."}
            </Notice>
          )}
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
