import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Policy } from "#contract/answers/policy.ts";
import type { PolicyName, PolicyValues } from "#domain/policy.ts";
import { type Problem, isProblem } from "#kit/api/problem.ts";
import { useSave } from "#kit/api/useSave.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { AdministrationProblem } from "#kit/session/StepUp.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import own from "../Clinic.module.css";
import { policyQuery } from "../queries.ts";
import { TheirChange } from "./TheirChange.tsx";
import { SettingField } from "./SettingField.tsx";
import { differences, readDraft, useDraft } from "./draft.ts";
import { labelOf, settingGroups, valueWords } from "./words.ts";

/** The settings as a form. What is changed is listed before it is saved, and survives the change of another administrator. */
export function PolicyForm({ policy, zones }: { policy: Versioned<Policy>; zones: readonly string[] }) {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useDraft();
  const [theirs, setTheirs] = useState<{ problem: Problem; before: PolicyValues; names: PolicyName[] } | null>(null);
  const values = policy.value as PolicyValues;
  const { changes, wrong } = readDraft(draft, values);
  const names = Object.keys(changes) as PolicyName[];
  const { mutate, reset, error, isPending, isSuccess, waiting } = useSave<Policy>(({ data, etag }) => {
    queryClient.setQueryData(policyQuery.queryKey, { value: data, etag: etag ?? "" });
    setTheirs(null);
    setDraft({});
  });
  const conflict = async (problem: Problem) => {
    const now = await queryClient.fetchQuery({ ...policyQuery, staleTime: 0 });
    setTheirs({ problem, before: values, names: differences(values, now.value) });
    reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isPending || names.length === 0 || wrong.length > 0) return;
    const change = { method: "PATCH", path: "/policy", body: changes, ifMatch: policy.etag } as const;
    mutate(change, { onError: (error) => void (isProblem(error, "version-conflict") && conflict(error)) });
  };
  return (
    <form className={classes["form"]} onSubmit={submit} noValidate>
      {settingGroups().map(({ title, settings }) => (
        <section key={title} aria-label={title} className={classes["form"]}>
          <h2>{title}</h2>
          <div className={own["fields"]}>
            {Object.entries(settings).map(([key, words]) => {
              const name = key as PolicyName;
              return (
                <SettingField
                  key={name}
                  name={name}
                  words={words}
                  values={values}
                  typed={draft[name]}
                  wrong={wrong.includes(name)}
                  onType={(typed) => {
                    reset();
                    setDraft({ ...draft, [name]: typed });
                  }}
                />
              );
            })}
          </div>
        </section>
      ))}
      {theirs && <TheirChange {...theirs} now={values} mine={names} zones={zones} />}
      {isSuccess && <Notice tone="info" title={t`Saved. It holds from now on.`} focus />}
      {error !== null && !isProblem(error, "version-conflict") && <AdministrationProblem error={error} focus />}
      <WaitingNotice waiting={waiting} warning={t`Don't save it again.`} />
      {(names.length > 0 || wrong.length > 0) && (
        <section className={own["bar"]} aria-label={t`Your changes`}>
          <div>
            <strong>
              <Plural value={names.length} one="# change" other="# changes" />
            </strong>
            <ul className={own["changes"]}>
              {names.map((name) => {
                const after = changes[name];
                return (
                  <li key={name}>
                    {labelOf(name)}: {valueWords(name, values[name])} →{" "}
                    <strong>{after === undefined ? "" : valueWords(name, after)}</strong>
                  </li>
                );
              })}
              {wrong.map(labelOf).map((label) => (
                <li key={label} className={own["wrong"]}>
                  <Trans>{label} is outside its bounds.</Trans>
                </li>
              ))}
            </ul>
          </div>
          <div className={classes["row"]}>
            <button type="button" className={classes["small"]} onClick={() => setDraft({})}>
              <Trans>Discard</Trans>
            </button>
            <Button type="submit" size="sm" aria-busy={isPending} disabled={names.length === 0 || wrong.length > 0}>
              <Trans>Save</Trans>
            </Button>
          </div>
        </section>
      )}
    </form>
  );
}
