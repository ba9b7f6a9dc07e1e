import { useLingui } from "@lingui/react/macro";
import { memo } from "react";
import type { PlacementCase } from "#contract/answers/cases.ts";
import type { Config } from "#contract/answers/clinic.ts";
import { placeOf } from "#kit/appointments/place.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { serverNow } from "#kit/time/clock.ts";
import { timeOf } from "#kit/time/format.ts";
import desk from "#kit/ui/Screen.module.css";
import classes from "./Queue.module.css";
import { dueWords, reasonWords } from "./words.ts";

export interface CaseListProps {
  items: PlacementCase[];
  config: Config;
  selected: string;
  onSelect: (id: string) => void;
  /** The cases to place at once; without it there are no boxes to tick. */
  ticked?: ReadonlySet<string>;
  onTicked?: (ticked: ReadonlySet<string>) => void;
}

/** The cases in the order of their deadlines. */
export const CaseList = memo(function CaseList({ items, config, selected, onSelect, ticked, onTicked }: CaseListProps) {
  const { t } = useLingui();
  const tick = (id: string, on: boolean) => {
    const next = new Set(ticked);
    if (on) next.add(id);
    else next.delete(id);
    onTicked?.(next);
  };
  return (
    <ul className={`${desk["list"]} ${classes["cases"]}`}>
      {items.map((one) => (
        <li key={one.id} className={classes["case"]} data-selected={one.id === selected || undefined}>
          {ticked && (
            <label className={classes["tick"]}>
              <input
                type="checkbox"
                aria-label={t`Choose ${one.patientName}`}
                checked={ticked.has(one.id)}
                onChange={(event) => tick(one.id, event.currentTarget.checked)}
              />
            </label>
          )}
          <button
            type="button"
            className={`${desk["choice"]} ${classes["open"]}`}
            aria-current={one.id === selected || undefined}
            onClick={() => onSelect(one.id)}
          >
            <CaseLine one={one} config={config} />
          </button>
        </li>
      ))}
    </ul>
  );
});

function CaseLine({ one, config }: { one: PlacementCase; config: Config }) {
  const { t } = useLingui();
  const due = dueWords(one.dueAt, serverNow());
  const { zone } = placeOf(config, one.locationId);
  const until = one.claim && timeOf(one.claim.expiresAt, zone);
  const by = one.claim?.by;
  const called = one.contactAfter && timeOf(one.contactAfter, zone);
  const [when, reason] = [whenOf(one, config), reasonWords(one.reason)];
  return (
    <>
      <strong>{one.patientName}</strong>
      <span className={desk["soft"]}>
        {when} · {reason}
      </span>
      <span className={desk["row"]}>
        {one.status === "open" ? (
          <span className={desk["badge"]} data-tone={due.overdue ? "bad" : undefined}>
            {due.text}
          </span>
        ) : (
          <span className={desk["badge"]}>{one.status === "placed" ? t`placed` : t`cancelled`}</span>
        )}
        {one.claim && (
          <span className={desk["badge"]} data-tone="warn">
            {one.claim.mine ? t`yours until ${until}` : t`claimed by ${by} until ${until}`}
          </span>
        )}
        {called && one.status === "open" && <span className={desk["badge"]}>{t`call again at ${called}`}</span>}
        {one.unreachable && (
          <span className={desk["badge"]} data-tone="bad">
            {t`cannot be reached`}
          </span>
        )}
      </span>
    </>
  );
}
