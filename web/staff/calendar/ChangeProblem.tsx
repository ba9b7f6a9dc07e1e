import { useLingui } from "@lingui/react/macro";
import { isProblem } from "#kit/api/problem.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./Calendar.module.css";

interface FieldFault {
  pointer: string;
  detail: string;
}

/** Why a change cannot be made. The API says it for each row or field, in English. */
export function ChangeProblem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useLingui();
  const faults =
    isProblem(error) && Array.isArray(error.details["errors"]) ? (error.details["errors"] as FieldFault[]) : [];
  const detail = isProblem(error) ? error.text("detail") : undefined;
  const rowOf = ({ pointer }: FieldFault) => {
    const row = /^\/(\d+)/.exec(pointer)?.[1];
    return row === undefined ? "" : `${t`Row ${Number(row) + 1}`}: `;
  };
  const again = isProblem(error) && error.status < 500 ? undefined : retry;
  return (
    <ProblemNotice error={error} focus {...(again === undefined ? {} : { retry: again })}>
      {(faults.length > 0 || detail !== undefined) && (
        <ul className={classes["plain"]}>
          {faults.map((fault) => (
            <li key={`${fault.pointer} ${fault.detail}`}>
              {rowOf(fault)}
              <span lang="en">{fault.detail}</span>
            </li>
          ))}
          {faults.length === 0 && detail !== undefined && <li lang="en">{detail}</li>}
        </ul>
      )}
    </ProblemNotice>
  );
}
