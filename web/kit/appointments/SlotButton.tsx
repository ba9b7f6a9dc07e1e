import { useLingui } from "@lingui/react";
import { type ReactNode, memo } from "react";
import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import { dateOf, dayOf, timeOf } from "../time/format.ts";
import { placeOf } from "./place.ts";
import classes from "./SlotButton.module.css";

export interface SlotButtonProps {
  slot: Slot;
  config: Config;
  doctors: Doctor[];
  onChoose: (slotId: string) => void;
  /** Says the day on the button too, where no heading above does. */
  withDay?: boolean;
}

/** A time that can be chosen. Its name is complete in itself: time, day, doctor and, if there are several, place. */
export const SlotButton = memo(function SlotButton({ slot, config, doctors, onChoose, withDay }: SlotButtonProps) {
  // What is said of a day depends on the language, also where none of the props does.
  useLingui();
  const { zone, name: place } = placeOf(config, slot.locationId);
  const time = timeOf(slot.startsAt, zone);
  const day = dayOf(dateOf(slot.startsAt, zone));
  const doctor = doctors.find(({ id }) => id === slot.doctorId)?.name;
  return (
    <button type="button" className={classes["slot"]} onClick={() => onChoose(slot.id)}>
      <strong>
        {time}
        <Part spoken={withDay !== true}>, {day}</Part>
        <Part spoken>,</Part>
      </strong>
      <small>
        {doctor}
        {place !== undefined && <Part spoken>,</Part>}
      </small>
      {place !== undefined && <small>{place}</small>}
    </button>
  );
});

/** Part of the name that sighted readers have from the heading above. In the line, so that no stray space is read. */
function Part({ spoken, children }: { spoken: boolean; children: ReactNode }) {
  return <span className={spoken ? classes["spoken"] : undefined}>{children}</span>;
}
