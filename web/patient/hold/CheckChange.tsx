import { plural, t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Slot } from "#contract/answers/clinic.ts";
import { configQuery, doctorsQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { doctorOf } from "#kit/appointments/words.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { DayAndTimes, TimeFacts } from "#kit/appointments/TimeFacts.tsx";
import classes from "./HeldForm.module.css";
import { type Held, HeldForm } from "./HeldForm.tsx";

export interface CheckChangeProps {
  /** The appointment before the change. */
  old: Appointment;
  held: Held;
  onConfirm: () => void;
}

/** The old and the new time, and the button that confirms the change. */
export function CheckChange({ old, held, onConfirm }: CheckChangeProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(doctorsQuery);
  if (!config) return null;
  const { zone, name, zoneName } = placeOf(config, old.locationId);
  const toPlace = old.status === "to-place";
  return (
    <HeldForm
      held={held}
      holdMs={config.holdSeconds * 1000}
      confirm={t`Confirm the new time`}
      confirmingNow={t`Changing…`}
      warning={t`Don't change it again.`}
      onConfirm={onConfirm}
    >
      <TimeFacts
        time={held.hold.slot}
        config={config}
        when={t`New time`}
        first={[
          [
            toPlace ? t({ message: "Was", comment: "The time an appointment had, before its date" }) : t`Until now`,
            <span key="old" className={classes["old"]}>
              <DayAndTimes time={old} zone={zone} />
              <small>
                {[zoneName, doctorOf(old, doctors?.items), name].filter((part) => part !== undefined).join(", ")}
              </small>
            </span>,
          ],
        ]}
      />
      <Text>
        {toPlace ? "" : t`You keep your old time until you confirm the new one.`}{" "}
        {budgetWords(old, isTooClose(held.hold.slot, config))}
      </Text>
    </HeldForm>
  );
}

/** Whether patients can no longer change an appointment at that time, as far as the page can know. */
function isTooClose({ startsAt }: Slot, { freezeHours }: Config): boolean {
  return Date.parse(startsAt) - freezeHours * 3_600_000 <= serverNow().getTime();
}

function budgetWords({ status, changesLeft }: Appointment, tooClose: boolean): string {
  if (tooClose) return t`The new time is so soon that it cannot be changed online again.`;
  if (status !== "booked") return t`It does not count as a change of yours.`;
  if (changesLeft <= 1) return t`After that it cannot be changed online again.`;
  const more = changesLeft - 1;
  return plural(more, {
    one: "After that you can change it online once more.",
    other: "After that you can change it online # times more.",
  });
}
