import { useLingui } from "@lingui/react/macro";
import { plural } from "@lingui/core/macro";
import { Link } from "@tanstack/react-router";
import type { Board as Answer } from "#contract/answers/board.ts";
import { dayOf } from "#kit/time/format.ts";
import classes from "./screen.module.css";
import { without } from "./search.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

/** All doctors over a week: how much of each day is booked, and what is free. A press opens the day, or a doctor's week. */
export function WeekOverview({
  answer,
  dates,
  today,
  now,
}: {
  answer: Answer;
  dates: string[];
  today: string;
  now: number;
}) {
  const { t } = useLingui();
  const shown = dates.filter((date) => answer.slots.some((slot) => slot.date === date));
  return (
    <div className={classes["week"]}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t({ message: "Doctor", context: "label before the name" })}</th>
            {shown.map((date) => (
              <th key={date} scope="col" data-today={date === today || undefined}>
                <Link to="/" search={(before) => ({ ...without(before, "view"), date })}>
                  {dayOf(date)}
                </Link>
                <small>{answer.holidays.find((holiday) => holiday.date === date)?.name}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.doctors.map(({ id, name, specialty }) => (
            <tr key={id}>
              <th scope="row">
                <Link to="/" search={(before) => ({ ...before, view: "week" as const, doctor: id })}>
                  {name}
                </Link>
                <small>{specialtyWords(specialty)}</small>
              </th>
              {shown.map((date) => {
                const slots = answer.slots.filter((slot) => slot.doctorId === id && slot.date === date);
                const booked = slots.filter(({ state }) => state === "booked").length;
                const free = slots.filter(
                  ({ state, startsAt }) => (state === "free" || state === "late") && Date.parse(startsAt) > now,
                ).length;
                const waiting = answer.appointments.filter(
                  (one) => one.status === "to-place" && one.doctorId === id && one.startsAt.startsWith(date),
                ).length;
                if (slots.length === 0 && waiting === 0) return <td key={date} data-none>{t`No session`}</td>;
                return (
                  <td key={date}>
                    <span className={classes["bar"]} aria-hidden="true">
                      <i style={{ width: `${(100 * booked) / Math.max(1, slots.length)}%` }} />
                    </span>
                    {t`${booked} booked`}, {plural(free, { one: "# free", other: "# free" })}
                    {waiting > 0 && <b>{t`${waiting} to place`}</b>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
