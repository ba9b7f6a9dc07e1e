import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { configQuery } from "#kit/api/queries.ts";
import { query } from "#kit/api/request.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { isProblem } from "#kit/api/problem.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { useDownload } from "#kit/ui/useDownload.ts";
import classes from "#kit/ui/Screen.module.css";
import { ClinicFrame } from "../ClinicFrame.tsx";
import { AuditFilters } from "./AuditFilters.tsx";
import { Entry } from "./Entry.tsx";
import { type AuditSearch, auditQuery } from "./queries.ts";

/** The audit trail: actor, patient, action, values before and after. Reading it is recorded in it as well. */
export function AuditScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ from: "/clinic/audit" });
  const { data: config } = useQuery(configQuery);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery(search));
  const entries = data?.pages.flatMap(({ items }) => items);
  const filter = (next: AuditSearch) => void navigate({ to: "/clinic/audit", search: next, replace: true });
  return (
    <ClinicFrame title={t`Audit trail`} action={<Download search={search} />}>
      <AuditFilters key={JSON.stringify(search)} search={search} onSearch={filter} entries={entries ?? []} />
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {entries === undefined && error === null && <Skeleton height={480} radius="md" />}
      {entries?.length === 0 && (
        <p className={classes["empty"]}>
          <Trans>Nothing is recorded for this.</Trans>
        </p>
      )}
      {entries !== undefined && entries.length > 0 && (
        <ul className={classes["list"]} aria-label={t`Audit trail`}>
          {entries.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              zones={config ? zonesOf(config) : []}
              onActor={(actor) => filter({ ...search, actor })}
              onSubject={(subject) => filter({ ...search, subject })}
            />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <button
            type="button"
            className={classes["small"]}
            aria-busy={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            <Trans>Older entries</Trans>
          </button>
        </div>
      )}
    </ClinicFrame>
  );
}

/** The same entries as a file that spreadsheets open. */
function Download({ search }: { search: AuditSearch }) {
  const { t } = useLingui();
  const { mutate, error, isPending } = useDownload(`/audit${query({ ...search })}`, "text/csv");
  return (
    <span className={classes["row"]}>
      {isProblem(error, "invalid-request") ? (
        <Notice tone="warn" title={t`These are too many for one file`} focus>
          <Trans>Choose fewer days.</Trans>
        </Notice>
      ) : (
        error !== null && <ProblemNotice error={error} focus />
      )}
      <button type="button" className={classes["small"]} aria-busy={isPending} onClick={() => mutate()}>
        <Trans>Download as CSV</Trans>
      </button>
    </span>
  );
}
