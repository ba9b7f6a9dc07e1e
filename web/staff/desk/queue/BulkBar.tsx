import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { PlacementCase } from "#contract/answers/cases.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import desk from "#kit/ui/Screen.module.css";
import { notPlacedWords } from "./words.ts";
import { usePlaceBest } from "./useCase.ts";

/** Maximum number of cases that the API places at once. */
const MAX_AT_ONCE = 100;

export interface BulkBarProps {
  ticked: ReadonlySet<string>;
  items: PlacementCase[];
  onTicked: (ticked: ReadonlySet<string>) => void;
}

/** Ticks all cases, and places the best match of the ticked ones together. */
export function BulkBar({ ticked, items, onTicked }: BulkBarProps) {
  const { t } = useLingui();
  const { mutate, data, error, isPending } = usePlaceBest();
  const ids = items.filter(({ id }) => ticked.has(id)).map(({ id }) => id);
  const all = ids.length > 0 && ids.length === Math.min(items.length, MAX_AT_ONCE);
  const nameOf = (caseId: string) => items.find(({ id }) => id === caseId)?.patientName ?? t`a patient`;
  const left = data?.items.filter(({ slot }) => slot === null) ?? [];
  return (
    <div className={desk["form"]} style={{ gap: 8 }}>
      <div className={desk["spread"]}>
        <label className={desk["check"]}>
          <input
            type="checkbox"
            checked={all}
            onChange={() => onTicked(new Set(all ? [] : items.slice(0, MAX_AT_ONCE).map(({ id }) => id)))}
          />
          <Trans>All</Trans>
        </label>
        <button
          type="button"
          className={desk["small"]}
          disabled={ids.length === 0 || isPending}
          onClick={() => mutate(ids, { onSuccess: () => onTicked(new Set()) })}
        >
          {isPending ? (
            <Trans>Placing…</Trans>
          ) : (
            <Plural
              value={ids.length}
              _0="Place best match"
              one="Place best match for #"
              other="Place best match for #"
            />
          )}
        </button>
      </div>
      {error !== null && <ProblemNotice error={error} focus />}
      {data && (
        <Notice
          tone={left.length === 0 ? "info" : "warn"}
          title={t`${data.placed} of ${data.items.length} placed`}
          live
        >
          {left.length > 0 && (
            <ul style={{ margin: 0, paddingInlineStart: 18 }}>
              {left.map(({ caseId, why }) => (
                <li key={caseId}>
                  {nameOf(caseId)}: {notPlacedWords(why?.code ?? "")}
                </li>
              ))}
            </ul>
          )}
        </Notice>
      )}
    </div>
  );
}
