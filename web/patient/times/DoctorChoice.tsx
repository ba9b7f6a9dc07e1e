import { useLingui } from "@lingui/react/macro";
import { Chip, Skeleton } from "@mantine/core";
import { Fragment, useEffect, useRef, useState } from "react";
import type { Doctor } from "#contract/answers/clinic.ts";
import choice from "#kit/ui/Choice.module.css";
import classes from "./ChooseTimePage.module.css";
import type { TimesSearch } from "#kit/appointments/times-search.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

const FIRST = 4;
const ANYONE = "anyone";
const MORE = "more";
const SPECIALTY = "specialty:";

export interface DoctorChoiceProps {
  doctors: Doctor[] | undefined;
  search: TimesSearch;
  onChoose: (choice: Pick<TimesSearch, "doctor" | "specialty">) => void;
}

/**
 * The first question: the specialty or the doctor. One group of radio buttons, which is one stop of the Tab key. It offers
 * the specialties; with a single one, the first doctors. The last button of a long group shows all doctors by specialty,
 * also when an arrow key chooses it.
 */
export function DoctorChoice({ doctors, search, onChoose }: DoctorChoiceProps) {
  const { t, i18n } = useLingui();
  const [open, setOpen] = useState(false);
  const byPointer = useRef(false);
  const target = useRef<string>(undefined);
  const field = useRef<HTMLFieldSetElement>(null);
  const value = search.doctor ?? (search.specialty === undefined ? ANYONE : `${SPECIALTY}${search.specialty}`);
  useEffect(() => {
    // The focused button has moved or is gone, so the first doctor that "More" hid takes the focus.
    const inputs = field.current?.querySelectorAll("input");
    if (open && target.current === MORE) inputs?.[1]?.focus();
    if (!open && target.current === value) field.current?.querySelector<HTMLInputElement>("input:checked")?.focus();
    if (target.current === (open ? MORE : value)) target.current = undefined;
  }, [open, value]);

  if (!doctors) return <Skeleton height={184} radius="lg" className={classes["choice"] ?? ""} />;

  const chosen = doctors.findIndex(({ id }) => id === search.doctor);
  const specialties = [...new Set(doctors.map(({ specialty }) => specialty))];
  const several = specialties.length > 1;
  const all = open || (!several && doctors.length <= FIRST + 1);

  function choose(next: string | null) {
    if (next === MORE) {
      target.current = MORE;
      setOpen(true);
      return;
    }
    // After a choice by pointer the long list closes; with arrow keys it stays open, because they pass through it.
    if (open && byPointer.current && next !== null) {
      target.current = next;
      setOpen(false);
    }
    if (next === null || next === ANYONE) onChoose({});
    else onChoose(next.startsWith(SPECIALTY) ? { specialty: next.slice(SPECIALTY.length) } : { doctor: next });
  }

  // English writes specialties in lower case within a line; other languages do not.
  const anyIn = (specialty: string) => {
    const words = specialtyWords(specialty);
    const name = i18n.locale === "en" ? words.toLowerCase() : words;
    return t`Any in ${name}`;
  };
  const chip = (key: string, label: string) => (
    <Chip
      key={key}
      value={key}
      name="doctor"
      classNames={{ label: choice["chip"] ?? "" }}
      wrapperProps={{ onPointerDown: () => (byPointer.current = true) }}
      onKeyDown={() => (byPointer.current = false)}
    >
      {label}
    </Chip>
  );
  return (
    <fieldset ref={field} className={`${choice["choice"]} ${classes["choice"]}`}>
      <legend>{several ? t`What do you need?` : t`Doctor`}</legend>
      <Chip.Group value={value} onChange={choose}>
        <div className={choice["chips"]}>
          {chip(ANYONE, t`Any doctor`)}
          {!all &&
            several &&
            specialties.map((specialty) => chip(`${SPECIALTY}${specialty}`, specialtyWords(specialty)))}
          {!all &&
            doctors.filter((_, at) => (!several && at < FIRST) || at === chosen).map(({ id, name }) => chip(id, name))}
          {!all && chip(MORE, several ? t`A certain doctor` : t`More doctors`)}
          {all &&
            bySpecialty(doctors).map(([specialty, members]) => (
              <Fragment key={specialty}>
                <span className={classes["specialty"]}>{specialtyWords(specialty)}</span>
                {members.length > 1 && chip(`${SPECIALTY}${specialty}`, anyIn(specialty))}
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
