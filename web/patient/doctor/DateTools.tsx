import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import classes from "./Doctor.module.css";

export interface DateToolsProps {
  page: "day" | "week";
  /** Clinic dates: where the two arrows lead. */
  before: string;
  after: string;
  /** Whether the page shows today. */
  isNow: boolean;
}

/** Goes to the day or week before and after, and prints the page. */
export function DateTools({ page, before, after, isNow }: DateToolsProps) {
  const { t } = useLingui();
  const to = page === "day" ? "/doctor/day" : "/doctor/week";
  const tool = classes["tool"] ?? "";
  return (
    <nav className={classes["tools"]} aria-label={page === "day" ? t`Days` : t`Weeks`}>
      <Link
        to={to}
        search={{ date: before }}
        className={tool}
        aria-label={page === "day" ? t`Day before` : t`Week before`}
      >
        <span aria-hidden="true">‹</span>
      </Link>
      <Link to={to} search={{}} className={tool} aria-current={isNow ? "date" : undefined}>
        {page === "day" ? <Trans>Today</Trans> : <Trans>This week</Trans>}
      </Link>
      <Link
        to={to}
        search={{ date: after }}
        className={tool}
        aria-label={page === "day" ? t`Day after` : t`Week after`}
      >
        <span aria-hidden="true">›</span>
      </Link>
      <button type="button" className={tool} onClick={() => print()}>
        <Trans>Print</Trans>
      </button>
    </nav>
  );
}
