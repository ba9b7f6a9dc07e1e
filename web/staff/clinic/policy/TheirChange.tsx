import { Trans } from "@lingui/react/macro";
import type { PolicyName, PolicyValues } from "#domain/policy.ts";
import { copyOf } from "#kit/api/problem-copy.ts";
import type { Problem } from "#kit/api/problem.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import own from "../Clinic.module.css";
import { labelOf, valueWords } from "./words.ts";

export interface TheirChangeProps {
  problem: Problem;
  before: PolicyValues;
  now: PolicyValues;
  /** The other administrator's changes. */
  names: PolicyName[];
  /** The user's unsaved changes. */
  mine: PolicyName[];
  zones: readonly string[];
}

/** Another administrator was first: what they changed, and that what was typed here is still there. */
export function TheirChange({ problem, before, now, names, mine, zones }: TheirChangeProps) {
  const { title } = copyOf(problem, undefined, zones);
  return (
    <Notice tone="warn" title={title} focus>
      <ul className={own["changes"]}>
        {names.map((name) => (
          <li key={name}>
            {labelOf(name)}: {valueWords(name, before[name])} → <strong>{valueWords(name, now[name])}</strong>
            {mine.includes(name) && (
              <>
                {" "}
                <Trans>You want to change this one too.</Trans>
              </>
            )}
          </li>
        ))}
      </ul>
      <Trans>What you typed is still here, and nothing of it has been saved. Look at it again, and save it.</Trans>
    </Notice>
  );
}
