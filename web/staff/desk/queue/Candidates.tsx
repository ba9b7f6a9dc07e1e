import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { PlacementCaseDetail } from "#contract/answers/cases.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { differences } from "#kit/appointments/placing.ts";
import { whenOf } from "#kit/appointments/words.ts";
import desk from "#kit/ui/Screen.module.css";
import classes from "./Queue.module.css";
import { markWords } from "./words.ts";

export interface CandidatesProps {
  data: PlacementCaseDetail;
  config: Config;
  chosen: string | undefined;
  disabled: boolean;
  onChoose: (slotId: string) => void;
}

/** As many as there are keys for, and as fit beside the case. */
const FIRST = 5;

/** The best free times as radio cards, best first, each with how it differs from what the patient had. */
export function Candidates({ data, config, chosen, disabled, onChoose }: CandidatesProps) {
  const { t } = useLingui();
  const [all, setAll] = useState(false);
  const shown = all ? data.candidates : data.candidates.filter(({ slot }, at) => at < FIRST || slot.id === chosen);
  const more = data.candidates.length - shown.length;
  if (data.candidates.length === 0) {
    return (
      <p className={desk["empty"]}>
        <Trans>No free time fits. Call the patient, book by hand from the next openings, or cancel.</Trans>
      </p>
    );
  }
  return (
    <fieldset className={classes["candidates"]} disabled={disabled}>
      <legend>{t`The best free times`}</legend>
      {shown.map((one, index) => (
        <label key={one.slot.id} className={classes["candidate"]}>
          <input type="radio" name="slot" checked={one.slot.id === chosen} onChange={() => onChoose(one.slot.id)} />
          <span>
            <strong className={desk["number"]}>{whenOf(one.slot, config)}</strong> {one.doctorName}
            <br />
            <span className={desk["soft"]}>{differences(data, one.slot, one.doctorName, config).join(", ")}</span>{" "}
            {one.marks.map((mark) => (
              <span key={mark} className={desk["badge"]} data-tone="warn">
                {markWords(mark)}
              </span>
            ))}
          </span>
          {index < FIRST && <kbd aria-hidden="true">{index + 1}</kbd>}
        </label>
      ))}
      {more > 0 && (
        <button type="button" className={desk["small"]} onClick={() => setAll(true)}>
          <Plural value={more} one="# more time" other="# more times" />
        </button>
      )}
    </fieldset>
  );
}
