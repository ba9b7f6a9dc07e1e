import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import type { Impact } from "#contract/answers/schedule.ts";
import { differences, whyWords } from "#kit/appointments/placing.ts";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import screen from "#kit/ui/Screen.module.css";
import classes from "./Calendar.module.css";
import { countsOf, warningsOf } from "./impact.ts";

export interface ImpactViewProps {
  impact: Impact;
  config: Config;
  doctors: readonly Doctor[];
}

/** The effect of a change: four numbers, warnings, and each move with its reason. */
export function ImpactView({ impact, config, doctors }: ImpactViewProps) {
  const { t } = useLingui();
  const { keep, move, staff, unreachable } = countsOf(impact);
  const warnings = warningsOf(impact);
  const nameOf = (doctorId: string) => doctorOf({ doctorId }, [...doctors]) ?? t`another doctor`;
  const tiles: [string, number][] = [
    [t`keep their time`, keep],
    [t`move automatically`, move],
    [t`need staff`, staff],
    [t`cannot be reached`, unreachable],
  ];
  return (
    <>
      <dl className={screen["tiles"]} aria-label={t`What would happen to appointments`}>
        {tiles.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {warnings.length > 0 && (
        <Notice tone="warn" title={t`Before you apply this`}>
          <ul className={classes["plain"]}>
            {warnings.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Rows title={t`Move automatically`} count={move}>
        {impact.reassigned.map((one) => {
          const [from, to] = [whenOf(one, config), whenOf(one.to, config)];
          const name = nameOf(one.to.doctorId);
          return (
            <li key={one.appointmentId} className={classes["row"]}>
              <Patient {...one} />
              <span>
                <del>{from}</del> <span aria-hidden="true">→</span> <strong>{to}</strong>, {name}
              </span>
              <span className={screen["soft"]}>{differences(one, one.to, name, config).join(", ")}</span>
            </li>
          );
        })}
      </Rows>
      <Rows title={t`Need staff`} count={staff}>
        {impact.toPlace.map((one) => (
          <li key={one.appointmentId} className={classes["row"]}>
            <Patient {...one} />
            <span>
              {whenOf(one, config)}, {nameOf(one.doctorId)}
            </span>
            <span className={screen["soft"]}>{whyWords(one.why)}</span>
          </li>
        ))}
      </Rows>
    </>
  );
}

function Patient({ patientName, unreachable }: { patientName: string; unreachable: boolean }) {
  return (
    <span>
      <strong>{patientName}</strong>{" "}
      {unreachable && (
        <span className={screen["badge"]} data-tone="bad">
          <Trans>cannot be reached</Trans>
        </span>
      )}
    </span>
  );
}

/** Enough to judge by; hundreds of rows would hide the button that follows them. */
const FIRST = 8;

/** A list with its number. A long one is cut until the user asks for all. */
export function Rows({ title, count, children }: { title: string; count: number; children: React.ReactNode[] }) {
  const [all, setAll] = useState(false);
  const more = count - FIRST;
  if (count === 0) return null;
  return (
    <section aria-label={title} className={screen["form"]} style={{ gap: 8 }}>
      <h3>
        {title} <span className={screen["number"]}>({count})</span>
      </h3>
      <ul className={screen["list"]}>{all ? children : children.slice(0, FIRST)}</ul>
      {!all && more > 0 && (
        <button type="button" className={screen["small"]} style={{ alignSelf: "start" }} onClick={() => setAll(true)}>
          <Plural value={more} one="# more" other="# more" />
        </button>
      )}
    </section>
  );
}
