import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import type { Appointment } from "#contract/appointments.ts";
import type { Config, Slot } from "#contract/clinic.ts";
import type { Hold } from "#contract/holds.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import type { Waiting } from "#kit/api/request.ts";
import { serverNow } from "#kit/time/clock.ts";
import page from "#kit/ui/Page.module.css";
import { doctorOf } from "../appointments/words.ts";
import { WaitingNotice } from "../layout/WaitingNotice.tsx";
import { placeOf } from "../place.ts";
import { DayAndTimes, TimeFacts } from "../TimeFacts.tsx";
import { HoldPanel } from "./HoldPanel.tsx";
import classes from "./HoldPanel.module.css";

export interface CheckChangeProps {
  /** As it stands now; it stays so until the change is done. */
  old: Appointment;
  hold: Hold;
  msLeft: number;
  waiting: Waiting;
  confirming: boolean;
  onConfirm: () => void;
  extending: boolean;
  onExtend: () => void;
}

/** The old time and the new one, and the one button that swaps them. */
export function CheckChange(props: CheckChangeProps) {
  const { old, hold, msLeft, waiting, confirming, onConfirm, extending, onExtend } = props;
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  if (!config) return null;
  const { zone, name } = placeOf(config, old.locationId);
  const toPlace = old.status === "to-place";
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!confirming) onConfirm();
  }
  return (
    <div className={classes["columns"]}>
      <form className={page["card"]} onSubmit={submit}>
        <Stack gap="lg">
          <TimeFacts
            time={hold.slot}
            config={config}
            when="New time"
            first={[
              ["Who", old.patientName],
              [
                toPlace ? "Was" : "Until now",
                <span key="old" className={classes["old"]}>
                  <DayAndTimes time={old} zone={zone} />
                  <small>{[doctorOf(old, doctors?.items), name].filter((part) => part !== undefined).join(", ")}</small>
                </span>,
              ],
            ]}
          />
          <Text>
            {toPlace ? "" : "You keep your old time until you confirm the new one. "}
            {budgetWords(old, isTooClose(hold.slot, config))}
          </Text>
          <Button type="submit" size="lg" fullWidth aria-busy={confirming} data-busy={confirming || undefined}>
            {confirming ? "Changing…" : "Confirm the new time"}
          </Button>
          <WaitingNotice waiting={waiting} warning="don't change it again" />
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

/** Whether patients can no longer change what is at that time, as far as the page can know. */
function isTooClose({ startsAt }: Slot, { freezeHours }: Config): boolean {
  return Date.parse(startsAt) - freezeHours * 3_600_000 <= serverNow().getTime();
}

function budgetWords({ status, changesLeft }: Appointment, tooClose: boolean): string {
  if (tooClose) return "The new time is so soon that it cannot be changed online again.";
  if (status !== "booked") return "It does not count as a change of yours.";
  if (changesLeft <= 1) return "After that it cannot be changed online again.";
  return `After that you can change it online ${changesLeft === 2 ? "once" : `${changesLeft - 1} times`} more.`;
}
