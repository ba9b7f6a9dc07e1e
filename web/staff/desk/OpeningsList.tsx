import { Trans } from "@lingui/react/macro";
import type { Config } from "#contract/answers/clinic.ts";
import type { Opening } from "#contract/answers/desk.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { spanOf } from "#kit/appointments/words.ts";
import { dayOf } from "#kit/time/format.ts";
import classes from "#kit/ui/Screen.module.css";
import { specialtyWords } from "#kit/appointments/specialty.ts";

export interface OpeningsListProps {
  openings: Opening[];
  config: Config;
  onChoose: (opening: Opening) => void;
}

/** Ten lines, each a button: the day, the time, the doctor, and what staff should know of it. */
export function OpeningsList({ openings, config, onChoose }: OpeningsListProps) {
  if (openings.length === 0) {
    return (
      <p className={classes["empty"]}>
        <Trans>No time is free. Try anyone, another specialty, or the placement queue.</Trans>
      </p>
    );
  }
  return (
    <ul className={classes["list"]}>
      {openings.map((opening) => {
        const { name } = placeOf(config, opening.slot.locationId);
        return (
          <li key={opening.date}>
            <button
              type="button"
              className={`${classes["line"]} ${classes["choice"]}`}
              onClick={() => onChoose(opening)}
            >
              <span>
                <strong className={classes["number"]}>{spanOf(opening.slot, config)}</strong>, {dayOf(opening.date)}
                {opening.lateOpening && (
                  <>
                    {" "}
                    <span className={classes["badge"]} data-tone="warn">
                      <Trans>Late opening</Trans>
                    </span>
                  </>
                )}
              </span>
              <span className={classes["soft"]}>
                {[opening.doctorName, specialtyWords(opening.specialty), name].filter(Boolean).join(", ")}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
