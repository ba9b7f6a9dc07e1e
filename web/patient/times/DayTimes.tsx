import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useEffect, useRef, useState, useTransition } from "react";
import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import { SlotButton } from "#kit/appointments/SlotButton.tsx";
import { hasSeveralZones, placeOf } from "#kit/appointments/place.ts";
import { dayOf, nearDayOf } from "#kit/time/format.ts";
import { partsOfDay, pickTimes } from "./arrange.ts";
import type { Day } from "./availability.ts";
import classes from "./DayTimes.module.css";
import { emptyDayWords } from "./empty-day.ts";
import { NEAR_NAMES, PART_NAMES } from "./part-names.ts";
import type { TimesSearch } from "#kit/appointments/times-search.ts";

const SHOWN_FIRST = 8;

export interface DayTimesProps {
  day: Day;
  today: string;
  config: Config;
  doctors: Doctor[];
  search: TimesSearch;
  onChoose: (slot: Slot) => void;
}

/** One day: its heading and its first free times, all of them on request, or why there are none. */
export function DayTimes({ day, today, config, doctors, search, onChoose }: DayTimesProps) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const [opening, startOpening] = useTransition();
  const more = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The pressed button is gone, so the first new time takes the focus.
    if (open) more.current?.querySelectorAll("button")[SHOWN_FIRST]?.focus();
  }, [open]);

  const near = nearDayOf(day.date, today);
  const slots = pickTimes(day.slots, search.doctor === undefined ? doctors : null);
  const hidden = slots.length - SHOWN_FIRST;
  const all = open || hidden <= 2;
  // With one doctor at one place a button needs only the time; the rest stands below the heading.
  const places = new Set(slots.map(({ locationId }) => locationId));
  const [locationId = ""] = places;
  const short = search.doctor !== undefined && places.size === 1 && !hasSeveralZones(config);
  const place = short ? placeOf(config, locationId).name : undefined;
  const button = (slot: Slot) => (
    <SlotButton key={slot.id} slot={slot} config={config} doctors={doctors} onChoose={onChoose} short={short} />
  );
  const times = short ? `${classes["times"]} ${classes["short"]}` : classes["times"];
  const empty = slots.length === 0;
  return (
    <section className={classes["day"]} aria-labelledby={`day-${day.date}`} data-empty={empty || undefined}>
      <h2 id={`day-${day.date}`} tabIndex={-1} className={classes["heading"]}>
        {near !== undefined && <span className={classes["near"]}>{t(NEAR_NAMES[near])}, </span>}
        {dayOf(day.date)}
      </h2>
      {place !== undefined && (
        <p className={classes["place"]}>
          <Trans comment="At a location, above its times">at {place}</Trans>
        </p>
      )}
      {empty && <p className={classes["none"]}>{emptyDayWords(day, today, search, doctors)}</p>}
      {!empty && !open && <div className={times}>{(all ? slots : slots.slice(0, SHOWN_FIRST)).map(button)}</div>}
      {open && (
        <div ref={more} className={classes["parts"]}>
          {partsOfDay(slots, config).map(([part, members]) => (
            <div key={part}>
              <h3 className={classes["part"]}>{t(PART_NAMES[part])}</h3>
              <div className={times}>{members.map(button)}</div>
            </div>
          ))}
        </div>
      )}
      {!all && (
        <Button
          variant="subtle"
          className={classes["more"] ?? ""}
          aria-busy={opening}
          // The page answers at once and draws the times, of which a day may have hundreds, after that.
          onClick={() => startOpening(() => setOpen(true))}
        >
          <Plural value={hidden} one="Show # more time" other="Show # more times" />
        </Button>
      )}
    </section>
  );
}
