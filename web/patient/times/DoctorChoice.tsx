import { Chip, Skeleton } from "@mantine/core";
import { Fragment, useEffect, useRef, useState } from "react";
import type { Doctor } from "#contract/clinic.ts";
import classes from "./ChooseTimePage.module.css";
import type { TimesSearch } from "./search.ts";

const FIRST = 4;
const ANYONE = "anyone";
const MORE = "more";

export interface DoctorChoiceProps {
  doctors: Doctor[] | undefined;
  search: TimesSearch;
  onChoose: (choice: Pick<TimesSearch, "doctor" | "specialty">) => void;
}

/**
 * Whom to see, as one set of radio buttons and so one stop of the Tab key. The last of a long set is "More doctors":
 * reaching it, also by arrow key, puts the others in its place, by specialty.
 */
export function DoctorChoice({ doctors, search, onChoose }: DoctorChoiceProps) {
  const [open, setOpen] = useState(false);
  const opened = useRef(false);
  const field = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    // The button that was reached is gone; the first doctor it hid takes its place.
    if (open && opened.current) field.current?.querySelectorAll("input")[1]?.focus();
  }, [open]);

  if (!doctors) return <Skeleton height={100} radius="lg" className={classes["choice"] ?? ""} />;

  const chosen = doctors.findIndex(({ id }) => id === search.doctor);
  const long = doctors.length > FIRST + 1;
  const all = !long || open || chosen >= FIRST || search.specialty !== undefined;
  const value = search.doctor ?? (search.specialty === undefined ? ANYONE : `specialty:${search.specialty}`);

  function choose(next: string | null) {
    if (next === MORE) {
      opened.current = true;
      setOpen(true);
    } else if (next === null || next === ANYONE) onChoose({});
    else onChoose(next.startsWith("specialty:") ? { specialty: next.slice("specialty:".length) } : { doctor: next });
  }

  const chip = (key: string, label: string) => (
    <Chip key={key} value={key} name="doctor" classNames={{ label: classes["chip"] ?? "" }}>
      {label}
    </Chip>
  );
  return (
    <fieldset ref={field} className={classes["choice"]}>
      <legend>Doctor</legend>
      <Chip.Group value={value} onChange={choose}>
        <div className={classes["chips"]}>
          {chip(ANYONE, "Any doctor")}
          {!all && doctors.slice(0, FIRST).map(({ id, name }) => chip(id, name))}
          {!all && chip(MORE, "More doctors")}
          {all &&
            bySpecialty(doctors).map(([specialty, members]) => (
              <Fragment key={specialty}>
                <span className={classes["specialty"]}>{specialty}</span>
                {members.length > 1 && chip(`specialty:${specialty}`, `Any in ${specialty.toLowerCase()}`)}
                {members.map(({ id, name }) => chip(id, name))}
              </Fragment>
            ))}
        </div>
      </Chip.Group>
    </fieldset>
  );
}

function bySpecialty(doctors: Doctor[]): [string, Doctor[]][] {
  const groups = new Map<string, Doctor[]>();
  for (const doctor of doctors) groups.set(doctor.specialty, [...(groups.get(doctor.specialty) ?? []), doctor]);
  return [...groups];
}
