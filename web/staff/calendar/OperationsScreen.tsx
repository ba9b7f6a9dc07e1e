import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Operation } from "#contract/answers/operations.ts";
import { configQuery } from "#kit/api/queries.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { asWritten } from "#kit/time/format.ts";
import screen from "#kit/ui/Screen.module.css";
import { CalendarPage } from "./CalendarPage.tsx";
import { aboutWords, kindWords, phaseWords, resultWords } from "./operationWords.ts";
import { allDoctorsQuery, operationsQuery } from "./queries.ts";

/** Changes of the clinic calendar, newest first, each with its actor, time and result. */
export function OperationsScreen() {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(allDoctorsQuery);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(operationsQuery);
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <CalendarPage title={t`Changes made`} loading={data === undefined} error={error} retry={() => void refetch()}>
      {items && config && doctors && (
        <>
          {items.length === 0 && (
            <p className={screen["empty"]}>
              <Trans>Nothing has been changed yet.</Trans>
            </p>
          )}
          <ul className={screen["list"]} hidden={items.length === 0}>
            {items.map((operation) => (
              <li key={operation.id}>
                <Link
                  to="/calendar/changes/$operationId"
                  params={{ operationId: operation.id }}
                  className={`${screen["line"]} ${screen["choice"]}`}
                  style={{ boxSizing: "border-box" }}
                >
                  <span>
                    <strong>{kindWords(operation.kind)}</strong> {aboutWords(operation, config, doctors.items)}
                    <br />
                    <span className={screen["soft"]}>
                      {[operation.by.name, asWritten(operation.at, zonesOf(config))].join(", ")}
                    </span>
                  </span>
                  <span>
                    <span className={screen["soft"]}>{resultWords(operation)}</span>{" "}
                    <span className={screen["badge"]} data-tone={toneOf(operation)}>
                      {phaseWords(operation)}
                    </span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
          {hasNextPage && (
            <button
              type="button"
              className={screen["small"]}
              style={{ alignSelf: "start" }}
              disabled={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              <Trans>Earlier ones</Trans>
            </button>
          )}
        </>
      )}
    </CalendarPage>
  );
}

const toneOf = ({ phase }: Operation) => (phase === "done" ? undefined : "warn");
