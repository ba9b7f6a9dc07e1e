import { useLingui } from "@lingui/react/macro";
import cells from "./cells.module.css";
import classes from "./screen.module.css";

/** The meaning of colours and signs. The board's cells have the same in words. */
export function Legend() {
  const { t } = useLingui();
  const states: [string, string][] = [
    ["booked", t`Booked`],
    ["will-come", t({ message: "Will come", context: "legend" })],
    ["arrived", t({ message: "Arrived", context: "legend" })],
    ["completed", t({ message: "Seen", context: "legend" })],
    ["no-show", t({ message: "Did not come", context: "legend" })],
    ["to-place", t`To place`],
    ["held", t`Held`],
    ["late", t`Late opening`],
    ["closed", t`Closed`],
    ["absent", t`Away`],
  ];
  return (
    <ul className={classes["legend"]} aria-label={t`Colours and signs`}>
      {states.map(([state, label]) => (
        <li key={state}>
          <span
            aria-hidden="true"
            className={cells["cell"]}
            data-state={state === "will-come" ? "booked" : state}
            data-will-come={state === "will-come" || undefined}
          >
            {state === "will-come" && <span className={cells["who"]} />}
            {state === "held" && <b className={cells["left"]}>4′</b>}
          </span>
          {label}
        </li>
      ))}
    </ul>
  );
}
