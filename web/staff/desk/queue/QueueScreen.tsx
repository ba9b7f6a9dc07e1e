import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { configQuery } from "#kit/api/queries.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import desk from "#kit/ui/Screen.module.css";
import { BulkBar } from "./BulkBar.tsx";
import { CaseList } from "./CaseList.tsx";
import { CasePanel } from "./CasePanel.tsx";
import classes from "./Queue.module.css";
import { type QueueTab, queueQuery } from "./queries.ts";
import { useQueueKeys } from "./useQueueKeys.ts";

/** Appointments that lost their slot, by deadline; one case at a time beside the list, or several at once. */
export function QueueScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { tab = "open", id } = useSearch({ from: "/queue" });
  const { data: config } = useQuery(configQuery);
  const today = dateOf(serverNow(), config?.clinic.timeZone ?? "UTC");
  const { data, error, refetch } = useQuery({ ...queueQuery(tab, today), enabled: config !== undefined });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState("");
  const items = data?.items ?? [];
  // Without a choice the first case on which no colleague works.
  const free = items.find(({ claim }) => claim === null || claim.mine) ?? items[0];
  const selected = items.find((one) => one.id === id) ?? free;
  const select = (caseId: string | undefined) =>
    void navigate({ to: "/queue", search: { tab, ...(caseId === undefined ? {} : { id: caseId }) }, replace: true });
  const step = (by: number) => {
    const next = items[items.findIndex((one) => one.id === selected?.id) + by];
    if (next) select(next.id);
  };
  useQueueKeys(step);
  const next = (words: string) => {
    setSaid(words);
    const at = items.findIndex((one) => one.id === selected?.id);
    select((items[at + 1] ?? items[at - 1])?.id);
  };
  const unreachable = tab === "open" ? items.filter((one) => one.unreachable).length : 0;
  const tabs: [QueueTab, string][] = [
    ["open", t`Open`],
    ["mine", t`Mine`],
    ["done", t`Done today`],
  ];
  const count = (one: QueueTab) => (one === "done" ? (tab === "done" ? items.length : undefined) : data?.counts[one]);
  return (
    <div className={classes["screen"]}>
      <div className={desk["spread"]}>
        <PageTitle documentTitle={t`To place`}>{t`To place`}</PageTitle>
        <nav className={desk["row"]} aria-label={t`Which cases`}>
          {tabs.map(([one, words]) => (
            <button
              key={one}
              type="button"
              className={desk["small"]}
              aria-pressed={one === tab}
              onClick={() => void navigate({ to: "/queue", search: { tab: one }, replace: true })}
            >
              {words} {count(one) !== undefined && <span className={desk["number"]}>{count(one)}</span>}
            </button>
          ))}
        </nav>
      </div>
      <output className={classes["said"]}>{said}</output>
      {unreachable > 0 && (
        <Notice tone="warn" title={t`Some patients cannot be reached`}>
          <Plural
            value={unreachable}
            one="# patient has neither a phone number nor an e-mail address that works, and is marked in the list."
            other="# patients have neither a phone number nor an e-mail address that works, and are marked in the list."
          />
        </Notice>
      )}
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={420} radius="md" />}
      {data && items.length === 0 && (
        <p className={desk["empty"]}>
          {tab === "open" ? <Trans>Nothing to place.</Trans> : <Trans>Nothing here.</Trans>}
        </p>
      )}
      {config && selected && (
        <div className={classes["columns"]}>
          <div className={classes["side"]}>
            {tab !== "done" && <BulkBar ticked={ticked} items={items} onTicked={setTicked} />}
            <CaseList
              items={items}
              config={config}
              selected={selected.id}
              onSelect={select}
              {...(tab === "done" ? {} : { ticked, onTicked: setTicked })}
            />
          </div>
          <CasePanel key={selected.id} caseId={selected.id} config={config} onNext={next} />
        </div>
      )}
    </div>
  );
}
