import { useLingui } from "@lingui/react";
import { type ReactNode, memo } from "react";
import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import { dateOf, dayOf } from "../time/format.ts";
import { placeOf } from "./place.ts";
import { startOf } from "./words.ts";
import classes from "./SlotButton.module.css";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export interface SlotButtonProps {
  slot: Slot;
  config: Config;
  doctors: Doctor[];
  onChoose: (slot: Slot) => void;
  /** Also shows the day, for lists without a heading for each day. */
  withDay?: boolean;
  /** Shows only the time, for lists that name the doctor and the place above. */
  short?: boolean;
}

/**
 * A free time as a button. Its accessible name has time, day and doctor. It has the zone, the specialty and the location
 * where there are several.
 */
export const SlotButton = memo(function SlotButton({
  slot,
  config,
  doctors,
  onChoose,
  withDay,
  short,
}: SlotButtonProps) {
  // The text depends on the language, which is not a prop.
  useLingui();
  const { zone, name: place } = placeOf(config, slot.locationId);
  const time = startOf(slot, config);
  const day = dayOf(dateOf(slot.startsAt, zone));
  const doctor = doctors.find(({ id }) => id === slot.doctorId);
  const specialty = doctors.some((other) => other.specialty !== doctor?.specialty) ? doctor?.specialty : undefined;
  return (
    <button
      type="button"
      className={short === true ? `${classes["slot"]} ${classes["short"]}` : classes["slot"]}
      onClick={() => onChoose(slot)}
    >
      <strong>
        {time}
        <Part spoken={withDay !== true}>, {day}</Part>
        <Part spoken>,</Part>
      </strong>
      <small>
        {doctor?.name}
        {(specialty !== undefined || place !== undefined) && <Part spoken>,</Part>}
      </small>
      {specialty !== undefined && (
        <small>
          {specialtyWords(specialty)}
          {place !== undefined && <Part spoken>,</Part>}
        </small>
      )}
      {place !== undefined && <small>{place}</small>}
    </button>
  );
});

/** A part of the name that sighted users see in the heading. Inline, so that screen readers read no extra space. */
function Part({ spoken, children }: { spoken: boolean; children: ReactNode }) {
  return <span className={spoken ? classes["spoken"] : undefined}>{children}</span>;
}
