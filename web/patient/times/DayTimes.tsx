import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Plural, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Config, Doctor, Slot } from "#contract/answers/clinic.ts";
import { dayOf, nearDayOf } from "#kit/time/format.ts";
import { type PartOfDay, partsOfDay, pickTimes } from "./arrange.ts";
import type { Day } from "./availability.ts";
import classes from "./DayTimes.module.css";
import { emptyDayWords } from "./empty-day.ts";
import type { TimesSearch } from "./search.ts";
import { SlotButton } from "#kit/appointments/SlotButton.tsx";

const SHOWN_FIRST = 8;

const NEAR = { today: msg`Today`, tomorrow: msg`Tomorrow` };
const PARTS: Record<PartOfDay, MessageDescriptor> = {
  morning: msg`Morning`,
  afternoon: msg`Afternoon`,
  evening: msg`Evening`,
};

export interface DayTimesProps {
  day: Day;
  today: string;
  config: Config;
  doctors: Doctor[];
  search: TimesSearch;
  onChoose: (slotId: string) => void;
}

/** One day: its heading and its first free times, all of them on request, or why there are none. */
export function DayTimes({ day, today, config, doctors, search, onChoose }: DayTimesProps) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const more = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The pressed button is gone, so the first new time takes the focus.
    if (open) more.current?.querySelectorAll("button")[SHOWN_FIRST]?.focus();
  }, [open]);

  const near = nearDayOf(day.date, today);
  const slots = pickTimes(day.slots, search.doctor === undefined ? doctors : null);
  const hidden = slots.length - SHOWN_FIRST;
  const all = open || hidden <= 2;
  const button = (slot: Slot) => (
    <SlotButton key={slot.id} slot={slot} config={config} doctors={doctors} onChoose={onChoose} />
  );
  const empty = slots.length === 0;
  return (
    <section className={classes["day"]} aria-labelledby={`day-${day.date}`} data-empty={empty || undefined}>
      <h2 id={`day-${day.date}`} tabIndex={-1} className={classes["heading"]}>
        {near !== undefined && <span className={classes["near"]}>{t(NEAR[near])}, </span>}
        {dayOf(day.date)}
      </h2>
      {empty && <p className={classes["none"]}>{emptyDayWords(day, today, search, doctors)}</p>}
      {!empty && !open && (
        <div className={classes["times"]}>{(all ? slots : slots.slice(0, SHOWN_FIRST)).map(button)}</div>
      )}
      {open && (
        <div ref={more} className={classes["parts"]}>
          {partsOfDay(slots, config).map(([part, members]) => (
            <div key={part}>
              <h3 className={classes["part"]}>{t(PARTS[part])}</h3>
              <div className={classes["times"]}>{members.map(button)}</div>
            </div>
          ))}
        </div>
      )}
      {!all && (
        <Button variant="subtle" className={classes["more"] ?? ""} onClick={() => setOpen(true)}>
          <Plural value={hidden} one="Show # more time" other="Show # more times" />
        </Button>
      )}
    </section>
  );
}
