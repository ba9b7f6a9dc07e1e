import { useLingui } from "@lingui/react/macro";
import type { FaultCode } from "#domain/schedule/issue.ts";
import { isProblem } from "#kit/api/problem.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "./Calendar.module.css";
import { type SaidFault, faultWords } from "./faultWords.ts";

interface FieldFault extends SaidFault {
  pointer: string;
}

/** Why a change cannot be made, for each row or field that the API names. */
export function ChangeProblem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useLingui();
  const faults =
    isProblem(error) && Array.isArray(error.details["errors"]) ? (error.details["errors"] as FieldFault[]) : [];
  const detail = isProblem(error) ? error.text("detail") : undefined;
  const why = isProblem(error) ? (error.details["why"] as FaultCode | undefined) : undefined;
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
              <Said {...fault} />
            </li>
          ))}
          {faults.length === 0 && detail !== undefined && (
            <li>
              <Said detail={detail} {...(why === undefined ? {} : { why })} />
            </li>
          )}
        </ul>
      )}
    </ProblemNotice>
  );
}

function Said(fault: SaidFault) {
  const words = faultWords(fault);
  return words === null ? <span lang="en">{fault.detail}</span> : words;
}
