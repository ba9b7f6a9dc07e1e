import { Trans, useLingui } from "@lingui/react/macro";
import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { AuditEntry } from "#contract/answers/audit.ts";
import { fieldsOf } from "#kit/ui/fields.ts";
import classes from "#kit/ui/Screen.module.css";
import { staffAccountsQuery } from "../queries.ts";
import { PatientFilter } from "./PatientFilter.tsx";
import type { AuditSearch } from "./queries.ts";
import { actionGroups, actionWords } from "./words.ts";

export interface AuditFiltersProps {
  search: AuditSearch;
  onSearch: (search: AuditSearch) => void;
  /** The shown entries, for the names of people who are not staff. */
  entries: readonly AuditEntry[];
}

/** Who, for which patient, what and when. */
export function AuditFilters({ search, onSearch, entries }: AuditFiltersProps) {
  const { t } = useLingui();
  const { data: staff } = useQuery(staffAccountsQuery);
  const [subject, setSubject] = useState(search.subject);
  const people = [
    { value: "", label: t`anybody` },
    ...(staff ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];
  const { actor = "", action = "" } = search;
  if (actor !== "" && !people.some(({ value }) => value === actor)) {
    const named = entries.find(({ actorId }) => actorId === actor)?.actorName;
    people.push({ value: actor, label: named ?? t`the chosen person` });
  }
  const groups = actionGroups();
  if (!groups.some(({ value }) => value === action)) groups.push({ value: action, label: actionWords(action) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = fieldsOf(event.currentTarget);
    const typed = { actor: text("actor"), action: text("action"), from: text("from"), to: text("to"), subject };
    onSearch(Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== "" && value !== undefined)));
  };
  return (
    <form onSubmit={submit} aria-label={t`Filter`} className={classes["form"]}>
      <div className={classes["filters"]}>
        <NativeSelect name="actor" label={t`Done by`} data={people} defaultValue={actor} />
        <NativeSelect name="action" label={t`What`} data={groups} defaultValue={action} />
        <TextInput name="from" type="date" label={t`From`} defaultValue={search.from} />
        <TextInput name="to" type="date" label={t`Up to and including`} defaultValue={search.to} />
      </div>
      <PatientFilter
        patientId={subject}
        name={entries.find(({ subjectId }) => subjectId === subject)?.subjectName ?? null}
        onChoose={setSubject}
      />
      <div className={classes["row"]}>
        <button type="submit" className={`${classes["small"]} ${classes["main"]}`}>
          <Trans>Show</Trans>
        </button>
        {Object.keys(search).length > 0 && (
          <button type="button" className={classes["small"]} onClick={() => onSearch({})}>
            <Trans>Show everything</Trans>
          </button>
        )}
      </div>
    </form>
  );
}
