import { Trans, useLingui } from "@lingui/react/macro";
import { NativeSelect, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Task } from "#contract/answers/tasks.ts";
import { isProblem } from "#kit/api/problem.ts";
import { configQuery } from "#kit/api/queries.ts";
import { useSave } from "#kit/api/useSave.ts";
import { zonesOf } from "#kit/appointments/place.ts";
import { asWritten } from "#kit/time/format.ts";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { TASKS, tasksQuery } from "./tasks.ts";

/** Notifications that need a person: what happened, the patient, and the button to finish the task. */
export function TasksScreen() {
  const { t } = useLingui();
  const queryClient = useQueryClient();
  const { data: config } = useQuery(configQuery);
  const [status, setStatus] = useState<Task["status"]>("open");
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(tasksQuery(status));
  const finish = useSave<Task>(() => void queryClient.invalidateQueries({ queryKey: TASKS }));
  const tasks = data?.pages.flatMap(({ items }) => items);
  const end = (task: Task, how: End) => {
    if (finish.isPending) return;
    finish.mutate(
      { method: "POST", path: `/tasks/${task.id}/${how}`, ifMatch: `"${task.version}"` },
      { onError: (error) => void (isProblem(error) && queryClient.invalidateQueries({ queryKey: TASKS })) },
    );
  };
  return (
    <div className={classes["page"]}>
      <PageTitle documentTitle={t`Tasks`}>{t`Tasks`}</PageTitle>
      <div className={classes["filters"]}>
        <NativeSelect
          label={t`Show`}
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value as Task["status"])}
          data={[
            { value: "open", label: t`open ones` },
            { value: "done", label: t`finished ones` },
          ]}
        />
      </div>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {finish.error !== null && <ProblemNotice error={finish.error} focus />}
      {tasks === undefined && error === null && <Skeleton height={240} radius="md" />}
      {tasks?.length === 0 && (
        <p className={classes["empty"]}>
          {status === "open" ? <Trans>There is nothing to do.</Trans> : <Trans>No task is finished yet.</Trans>}
        </p>
      )}
      {tasks !== undefined && tasks.length > 0 && (
        <ul className={classes["list"]} aria-label={t`Tasks`}>
          {tasks.map((task) => (
            <TaskLine key={task.id} task={task} zones={config ? zonesOf(config) : []} onEnd={(how) => end(task, how)} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <button type="button" className={classes["small"]} onClick={() => void fetchNextPage()}>
            <Trans>More</Trans>
          </button>
        </div>
      )}
    </div>
  );
}

/** How a task ends: staff have seen to it, or have its failed job run again. */
type End = "done" | "run-again";

function TaskLine({ task, zones, onEnd }: { task: Task; zones: readonly string[]; onEnd: (how: End) => void }) {
  const words = useTaskWords()[task.kind];
  const { patientId, patientName, reference, doneBy } = task;
  const [made, finished] = [asWritten(task.createdAt, zones), task.doneAt && asWritten(task.doneAt, zones)];
  return (
    <li className={classes["line"]}>
      <span style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        <strong>{words.what}</strong>{" "}
        {patientId !== null && (
          <Link to="/patients/$patientId" params={{ patientId }}>
            {patientName}
          </Link>
        )}
        <br />
        <span className={classes["soft"]}>
          {words.next}
          <br />
          {made}
          {reference !== null && ` · ${reference}`}
        </span>
      </span>
      {finished === null ? (
        <span className={classes["row"]}>
          {task.kind === "job-failed" && (
            <button type="button" className={classes["small"]} onClick={() => onEnd("run-again")}>
              <Trans>Run it again</Trans>
            </button>
          )}
          <button type="button" className={classes["small"]} onClick={() => onEnd("done")}>
            <Trans>It is done</Trans>
          </button>
        </span>
      ) : (
        <span className={classes["soft"]}>
          <Trans>
            Finished by {doneBy}, {finished}
          </Trans>
        </span>
      )}
    </li>
  );
}

function useTaskWords(): Record<Task["kind"], { what: string; next: string }> {
  const { t } = useLingui();
  return {
    "mail-bounced": {
      what: t`Mail came back`,
      next: t`Call the patient, and ask for another address. Mail stays off until it is resumed in the record.`,
    },
    "mail-complained": {
      what: t`Mail is not wanted`,
      next: t`Its reader complained. Ask the patient before mail is resumed in the record.`,
    },
    "mail-refused": {
      what: t`A mail was refused`,
      next: t`The mail service did not take it. Tell the patient yourself.`,
    },
    "no-address": { what: t`There is no address`, next: t`Tell the patient yourself, and ask for an address.` },
    "patient-inactive": {
      what: t`The record is switched off`,
      next: t`No mail was sent. Decide who must know about the appointment.`,
    },
    "job-failed": {
      what: t`A job of the system failed`,
      next: t`Run it again when the cause is mended. The person who runs the service can tell.`,
    },
  };
}
