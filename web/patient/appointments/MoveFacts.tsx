import { Trans } from "@lingui/react/macro";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { placeOf } from "#kit/appointments/place.ts";
import classes from "./Appointments.module.css";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";

type Time = Pick<Appointment, "startsAt" | "locationId" | "doctorId">;

export interface MoveFactsProps {
  appointment: Appointment;
  config: Config;
  doctors: Doctor[];
}

/** The time and doctor before and after a move by the clinic. */
export function MoveFacts({ appointment, config, doctors }: MoveFactsProps) {
  const { move } = appointment;
  const elsewhere = move !== null && move.from.locationId !== appointment.locationId;
  const words = (time: Time) => {
    const place = elsewhere ? placeOf(config, time.locationId).name : undefined;
    const who = [doctorOf(time, doctors), place].filter((part) => part !== undefined).join(", ");
    return (
      <>
        {whenOf(time, config)}
        {who === "" ? "" : ", "}
        <span>{who}</span>
      </>
    );
  };
  return (
    <dl className={classes["move"]}>
      {move && (
        <>
          <dt>
            <Trans comment="A label: the time before a move">From</Trans>
          </dt>
          <dd>{words(move.from)}</dd>
        </>
      )}
      <dt>
        <Trans comment="A label: the time after a move">To</Trans>
      </dt>
      <dd className={classes["new"]}>{words(appointment)}</dd>
    </dl>
  );
}
