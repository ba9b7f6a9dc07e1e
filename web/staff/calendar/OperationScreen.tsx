import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { OperationItem } from "#contract/answers/operations.ts";
import type { Config, Doctor } from "#contract/answers/clinic.ts";
import { configQuery } from "#kit/api/queries.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { differences, whyWords } from "#kit/appointments/placing.ts";
import { doctorOf, whenOf } from "#kit/appointments/words.ts";
import { asWritten } from "#kit/time/format.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { LinkButton } from "#kit/ui/LinkButton.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import screen from "#kit/ui/Screen.module.css";
import classes from "./Calendar.module.css";
import { CalendarPage } from "./CalendarPage.tsx";
import { ProgressBar } from "./ProgressBar.tsx";
import { UndoDialog } from "./UndoDialog.tsx";
import { aboutWords, keptWords, kindWords, phaseWords, resultWords, stateWords } from "./operationWords.ts";
import { allDoctorsQuery, operationItemsQuery, operationQuery, refreshCalendar } from "./queries.ts";

/** One change of the clinic calendar: its kind, its progress, each appointment with its reason, and its undo. */
export function OperationScreen() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { operationId } = useParams({ from: "/calendar/changes/$operationId" });
  const { data: config } = useQuery(configQuery);
  const { data: doctors } = useQuery(allDoctorsQuery);
  const { data: operation, error, refetch } = useQuery(operationQuery(operationId));
  const [undoing, setUndoing] = useState(false);
  const running = operation?.phase === "reassigning";
  useEffect(() => {
    // The lists beside it were read while it ran.
    if (operation?.phase === "done") void refreshCalendar(queryClient);
  }, [operation?.phase, queryClient]);
  const toPlace = operation?.counts.toPlace ?? 0;
  return (
    <CalendarPage
      title={operation ? kindWords(operation.kind) : t`Change of the calendar`}
      loading={operation === undefined}
      error={error}
      retry={() => void refetch()}
      actions={
        operation && (
          <>
            {toPlace > 0 && !running && (
              <LinkButton to="/queue" size="sm">
                <Trans>Place them now</Trans>
              </LinkButton>
            )}
            {operation.undoable && (
              <button type="button" className={screen["small"]} onClick={() => setUndoing(true)}>
                <Trans>Undo…</Trans>
              </button>
            )}
          </>
        )
      }
    >
      {operation && config && doctors && (
        <>
          {running && <ProgressBar operation={operation} />}
          {operation.undoneBy !== null && (
            <Notice tone="info" title={t`This change has been undone`}>
              <Link to="/calendar/changes/$operationId" params={{ operationId: operation.undoneBy }}>
                <Trans>Show the undo</Trans>
              </Link>
            </Notice>
          )}
          {operation.undoOf !== null && (
            <Notice tone="info" title={t`This undoes another change`}>
              <Link to="/calendar/changes/$operationId" params={{ operationId: operation.undoOf }}>
                <Trans>Show that change</Trans>
              </Link>
            </Notice>
          )}
          <div className={page["card"]}>
            <Facts
              rows={[
                [t`About`, aboutWords(operation, config, doctors.items)],
                [t`By`, operation.by.name],
                [t`When`, asWritten(operation.at, zonesOf(config))],
                [t`State`, phaseWords(operation)],
                [t`Result`, resultWords(operation)],
              ]}
            />
          </div>
          {operation.counts.displaced > 0 && (
            <Items operationId={operationId} config={config} doctors={doctors.items} />
          )}
        </>
      )}
      {undoing && operation && <UndoDialog operation={operation} onClose={() => setUndoing(false)} />}
    </CalendarPage>
  );
}

interface ItemsProps {
  operationId: string;
  config: Config;
  doctors: Doctor[];
}

function Items({ operationId, config, doctors }: ItemsProps) {
  const { t } = useLingui();
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(operationItemsQuery(operationId));
  const items = data?.pages.flatMap((one) => one.items) ?? [];
  const nameOf = (doctorId: string) => doctorOf({ doctorId }, doctors) ?? t`another doctor`;
  const title = t`Appointments`;
  return (
    <section aria-label={title} className={screen["form"]}>
      <h2>{title}</h2>
      <ul className={screen["list"]}>
        {items.map((item) => {
          const doctor = nameOf(item.to?.doctorId ?? item.from.doctorId);
          return (
            <li key={item.appointmentId} className={classes["row"]}>
              <span>
                <Link to="/patients/$patientId" params={{ patientId: item.patientId }}>
                  {item.patientName}
                </Link>{" "}
                <span className={screen["badge"]} data-tone={item.state === "to-place" ? "warn" : undefined}>
                  {stateWords(item.state)}
                </span>
              </span>
              <span>
                {item.to === null ? (
                  whenOf(item.from, config)
                ) : (
                  <>
                    <del>{whenOf(item.from, config)}</del> <span aria-hidden="true">→</span>{" "}
                    <strong>{whenOf(item.to, config)}</strong>
                  </>
                )}
                , {doctor}
              </span>
              <span className={screen["soft"]}>{reasonOf(item, doctor, config)}</span>
            </li>
          );
        })}
      </ul>
      {hasNextPage && (
        <button
          type="button"
          className={screen["small"]}
          style={{ alignSelf: "start" }}
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          <Trans>More appointments</Trans>
        </button>
      )}
    </section>
  );
}

type PlacingCode = NonNullable<Parameters<typeof whyWords>[0]>["code"];

/** Why it was moved there, or why it was not, in the user's language. */
function reasonOf({ state, why, from, to }: OperationItem, doctor: string, config: Config): string {
  if (why === null) return "";
  if (state === "kept") return keptWords(why.code ?? "");
  if (state === "to-place") return whyWords({ code: why.code as PlacingCode });
  return to === null || why.weighed === null ? "" : differences(from, to, doctor, config).join(", ");
}
