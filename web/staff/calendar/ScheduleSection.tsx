import { Trans, useLingui } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import type { DoctorRecord } from "#contract/answers/doctors.ts";
import { serverNow } from "#kit/time/clock.ts";
import { dateOf } from "#kit/time/format.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import screen from "#kit/ui/Screen.module.css";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { ScheduleForm } from "./ScheduleForm.tsx";
import { type WeeklySessions, scheduleQuery } from "./queries.ts";
import { inOrder } from "./sessions.ts";
import type { Change } from "./useChange.ts";
import { dateWords, hoursWords, weekdayWords } from "./words.ts";

export interface ScheduleSectionProps {
  doctor: DoctorRecord;
  config: Config;
}

/** The weekly schedule: as a table, or as rows to edit. */
export function ScheduleSection({ doctor, config }: ScheduleSectionProps) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(scheduleQuery(doctor.id));
  // The version with which the editing began.
  const [editing, setEditing] = useState<string | null>(null);
  const [change, setChange] = useState<Change | null>(null);
  const title = t`Weekly schedule`;
  const overtaken = editing !== null && change === null && data !== undefined && editing !== data.etag;
  return (
    <section aria-label={title} className={screen["form"]}>
      <div className={screen["spread"]}>
        <h2>{title}</h2>
        {data && editing === null && doctor.active && (
          <button type="button" className={screen["small"]} onClick={() => setEditing(data.etag)}>
            <Trans>Edit the schedule</Trans>
          </button>
        )}
      </div>
      {error !== null && <ProblemNotice error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={160} radius="md" />}
      {overtaken && (
        <Notice tone="warn" title={t`A colleague has changed the schedule since you began`} live>
          <Trans>This is how it stands now. Your rows below would replace it.</Trans>
        </Notice>
      )}
      {data && (editing === null || overtaken) && <ScheduleTable sessions={inOrder(data.sessions)} config={config} />}
      {data && editing !== null && (
        <ScheduleForm
          key={editing}
          doctor={doctor}
          sessions={inOrder(data.sessions)}
          etag={data.etag}
          config={config}
          onChange={setChange}
          onClose={() => setEditing(null)}
        />
      )}
      {change && (
        <ChangeDialog
          change={change}
          onBack={() => setChange(null)}
          onDone={() => {
            setChange(null);
            setEditing(null);
          }}
        />
      )}
    </section>
  );
}

function ScheduleTable({ sessions, config }: { sessions: WeeklySessions; config: Config }) {
  const { t } = useLingui();
  const today = dateOf(serverNow(), config.clinic.timeZone);
  const several = config.locations.length > 1;
  if (sessions.length === 0) {
    return (
      <p className={screen["empty"]}>
        <Trans>There is no weekly schedule yet. With one, times can be booked.</Trans>
      </p>
    );
  }
  const heads = [t`Weekday`, t`Hours`, t`Length`, ...(several ? [t`Where`] : []), t`Valid`];
  return (
    // A wide table scrolls by itself, and the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={screen["scroll"]} aria-label={t`Weekly sessions`} tabIndex={0}>
      <table className={screen["table"]}>
        <thead>
          <tr>
            {heads.map((words) => (
              <th key={words} scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => {
            const { weekday, validFrom, validTo, slotMinutes, locationId } = session;
            const first = dateWords(validFrom);
            const last = validTo ? dateWords(validTo) : "";
            return (
              <tr key={`${weekday} ${session.from} ${validFrom} ${locationId}`}>
                <th scope="row">{weekdayWords(weekday)}</th>
                <td>{hoursWords(session)}</td>
                <td>{slotMinutes ? t`${slotMinutes} min` : t`as usual`}</td>
                {several && <td>{config.locations.find(({ id }) => id === locationId)?.name}</td>}
                <td className={validTo && validTo < today ? screen["soft"] : ""}>
                  {validTo ? t`${first} to ${last}` : t`from ${first}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
