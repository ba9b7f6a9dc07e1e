import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { asWritten } from "#kit/time/format.ts";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { placeOf, zonesOf } from "#kit/appointments/place.ts";
import classes from "./Appointments.module.css";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";

export interface OtherTimesProps {
  /** An appointment that the clinic moved. */
  appointment: Appointment;
  /** The alternatives are being loaded. */
  loading: boolean;
  config: Config;
  doctors: Doctor[];
}

/** The alternatives to the clinic's new time: the nearest free times as buttons, or any other time. */
export function OtherTimes({ appointment, loading, config, doctors }: OtherTimesProps) {
  const { id, doctorId, changeableUntil, move } = appointment;
  const { t } = useLingui();
  const until = asWritten(changeableUntil, zonesOf(config));
  const alternatives = move?.alternatives ?? [];
  return (
    <fieldset className={classes["others"]}>
      <legend>
        <Trans>Would another time suit you better?</Trans>
      </legend>
      <p>
        <Trans>Choosing one does not count as a change of yours.</Trans>{" "}
        {/* The patient can agree for longer than they can choose another time. */}
        {move !== null && Date.parse(changeableUntil) < Date.parse(move.answerBy) && t`You can choose until ${until}.`}
      </p>
      {(loading || alternatives.length > 0) && (
        <div className={classes["times"]}>
          {loading && [0, 1].map((at) => <Skeleton key={at} height={64} radius="md" />)}
          {alternatives.map((slot) => (
            <LinkButton
              key={slot.id}
              to="/hold/new"
              search={{ slot: slot.id, change: id }}
              variant="outline"
              className={classes["time"] ?? ""}
            >
              {whenOf(slot, config)}
              <small>
                {[doctorOf(slot, doctors), placeOf(config, slot.locationId).name]
                  .filter((part) => part !== undefined)
                  .join(", ")}
              </small>
            </LinkButton>
          ))}
        </div>
      )}
      <div>
        <LinkButton to="/" search={{ doctor: doctorId, change: id }} variant="outline">
          <Trans>Choose another time</Trans>
        </LinkButton>
      </div>
    </fieldset>
  );
}
