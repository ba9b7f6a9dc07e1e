import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { copyOf } from "../api/problem-copy.ts";
import type { Problem } from "../api/problem.ts";
import { configQuery } from "../api/queries.ts";
import { zonesOf } from "../appointments/place.ts";
import { Notice } from "../ui/Notice.tsx";
import type { RecordField, RecordValues } from "./fields.tsx";

export interface TheirValuesProps {
  problem: Problem;
  before: RecordValues;
  now: RecordValues;
  fields: readonly RecordField[];
}

/** Another user was first: who, when and what they changed. What was typed stays in the form. */
export function TheirValues({ problem, before, now, fields }: TheirValuesProps) {
  const { t } = useLingui();
  const { data: config } = useQuery({ ...configQuery, enabled: false });
  const words = (value: string | boolean | undefined) =>
    typeof value === "boolean" ? (value ? t`yes` : t`no`) : value === undefined || value === "" ? t`none` : value;
  const changed = fields.filter(({ name }) => before[name] !== now[name]);
  return (
    <Notice tone="warn" title={copyOf(problem, undefined, config && zonesOf(config)).title} focus>
      {changed.length > 0 && (
        <ul>
          {changed.map(({ name, label }) => (
            <li key={name}>
              {label}: {words(before[name])} → <strong>{words(now[name])}</strong>
            </li>
          ))}
        </ul>
      )}
      <Trans>What you typed is still here, and nothing of it has been saved. Look at it again, and save it.</Trans>
    </Notice>
  );
}
