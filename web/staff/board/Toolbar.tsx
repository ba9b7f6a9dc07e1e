import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { addDays } from "#kit/time/format.ts";
import classes from "./screen.module.css";
import { type BoardSearch, without } from "./search.ts";

export interface ToolbarProps {
  title: string;
  date: string;
  today: string;
  search: BoardSearch;
  asList: boolean;
  config: Config;
  changes: number;
  onApply: () => void;
  /** Fetches another day before it is asked for. */
  onNear: (date: string) => void;
  children: ReactNode;
}

/** The day, the ways to other days and views, and what has changed while nothing was to move. */
export function Toolbar(props: ToolbarProps) {
  const { title, date, today, search, asList, config, changes, onApply, onNear, children } = props;
  const { t } = useLingui();
  const navigate = useNavigate();
  const week = search.view === "week";
  const step = week ? 7 : 1;
  const [before, after] = [addDays(date, -step), addDays(date, step)];
  const tool = classes["tool"] ?? "";
  const show = (wanted: BoardSearch) => void navigate({ to: "/", search: wanted });
  return (
    <div className={classes["toolbar"]}>
      <PageTitle documentTitle={`${title} · ${t`Day board`}`}>{title}</PageTitle>
      <div className={classes["days"]}>
        <Link
          to="/"
          search={{ ...search, date: before }}
          className={tool}
          aria-label={step === 7 ? t`Week before` : t`Day before`}
          onMouseEnter={() => onNear(before)}
        >
          <span aria-hidden="true">‹</span>
        </Link>
        <Link to="/" search={{ ...search, date: today }} className={tool}>
          <Trans>Today</Trans>
        </Link>
        <Link
          to="/"
          search={{ ...search, date: after }}
          className={tool}
          aria-label={step === 7 ? t`Week after` : t`Day after`}
          onMouseEnter={() => onNear(after)}
        >
          <span aria-hidden="true">›</span>
        </Link>
        <input
          type="date"
          aria-label={t`Date`}
          value={date}
          onChange={(event) => event.currentTarget.value !== "" && show({ ...search, date: event.currentTarget.value })}
        />
      </div>
      <fieldset aria-label={t`What is shown`} className={classes["switch"]}>
        <Choice chosen={!week} onChoose={() => show(without(search, "view"))}>
          <Trans>Day</Trans>
        </Choice>
        <Choice chosen={week} onChoose={() => show({ ...search, view: "week" })}>
          <Trans>Week</Trans>
        </Choice>
      </fieldset>
      <fieldset aria-label={t`How it is shown`} className={classes["switch"]}>
        <Choice chosen={!asList} onChoose={() => show({ ...search, as: "board" })}>
          <Trans>Board</Trans>
        </Choice>
        <Choice chosen={asList} onChoose={() => show({ ...search, as: "list" })}>
          <Trans>List</Trans>
        </Choice>
      </fieldset>
      {config.locations.length > 1 && (
        <select
          aria-label={t`Place`}
          value={search.place ?? ""}
          onChange={(event) => {
            const place = event.currentTarget.value;
            show(place === "" ? without(search, "place") : { ...search, place });
          }}
        >
          <option value="">{t`All places`}</option>
          {config.locations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
      {children}
      <output className={classes["chipSlot"]}>
        {changes > 0 && (
          <button type="button" className={classes["chip"]} onClick={onApply}>
            {plural(changes, { one: "# change", other: "# changes" })}
          </button>
        )}
      </output>
    </div>
  );
}

function Choice({ chosen, onChoose, children }: { chosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    <button type="button" className={classes["tool"]} aria-pressed={chosen} onClick={onChoose}>
      {children}
    </button>
  );
}
