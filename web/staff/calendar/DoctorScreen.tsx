import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import { configQuery } from "#kit/api/queries.ts";
import { whenOf } from "#kit/appointments/words.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import screen from "#kit/ui/Screen.module.css";
import { CalendarPage } from "./CalendarPage.tsx";
import { ChangeDialog } from "./ChangeDialog.tsx";
import { DoctorDialog } from "./DoctorDialog.tsx";
import { ExceptionsSection } from "./ExceptionsSection.tsx";
import { LeaveDialog } from "./LeaveDialog.tsx";
import { ScheduleSection } from "./ScheduleSection.tsx";
import { allDoctorsQuery, doctorQuery, firstOpeningQuery } from "./queries.ts";
import type { Change } from "./useChange.ts";
import { dateWords } from "./words.ts";
import { specialtyWords } from "#kit/appointments/specialty.ts";

/** One doctor: the record, the weekly schedule, absences and extra sessions, leaving. */
export function DoctorScreen() {
  const { t } = useLingui();
  const { doctorId } = useParams({ from: "/calendar/doctors/$doctorId" });
  const { data: config } = useQuery(configQuery);
  const { data: all } = useQuery(allDoctorsQuery);
  const { data: doctor, error, refetch } = useQuery(doctorQuery(doctorId));
  const [dialog, setDialog] = useState<"record" | "leave" | null>(null);
  const [change, setChange] = useState<Change | null>(null);
  const record = doctor?.record;
  const minutes = record?.slotMinutes ?? 0;
  return (
    <CalendarPage
      title={record?.name ?? t`Doctor`}
      loading={record === undefined || config === undefined}
      error={error}
      retry={() => void refetch()}
      actions={
        record?.active && (
          <>
            <button type="button" className={screen["small"]} onClick={() => setDialog("record")}>
              <Trans>Change the record</Trans>
            </button>
            <button type="button" className={screen["small"]} data-tone="bad" onClick={() => setDialog("leave")}>
              <Trans>Leaves the clinic…</Trans>
            </button>
          </>
        )
      }
    >
      {record && config && (
        <>
          {!record.active && <Notice tone="warn" title={t`This doctor no longer works here`} />}
          {record.active && record.leavesOn !== null && (
            <Notice tone="warn" title={t`Leaves on ${dateWords(record.leavesOn)}`}>
              <Trans>There are no times from that date on. The change can be undone from its page.</Trans>
            </Notice>
          )}
          <div className={page["card"]}>
            <Facts
              rows={[
                [t`Specialty`, specialtyWords(record.specialty)],
                [
                  t`Length of a time`,
                  record.ownSlotMinutes === null ? t`${minutes} min, as the clinic has it` : t`${minutes} min`,
                ],
                [t`Login`, record.hasLogin ? t`yes` : t`none`],
                [t`First free time`, <FirstFree key="first" doctorId={doctorId} config={config} />],
              ]}
            />
          </div>
          <ScheduleSection doctor={record} config={config} />
          <ExceptionsSection doctor={record} config={config} onChange={setChange} />
        </>
      )}
      {dialog === "record" && doctor && (
        <DoctorDialog specialties={all?.specialties ?? []} doctor={doctor} onClose={() => setDialog(null)} />
      )}
      {dialog === "leave" && record && config && (
        <LeaveDialog doctor={record} config={config} onChange={setChange} onClose={() => setDialog(null)} />
      )}
      {change && (
        <ChangeDialog
          change={change}
          onBack={() => setChange(null)}
          onDone={() => {
            setChange(null);
            setDialog(null);
          }}
        />
      )}
    </CalendarPage>
  );
}

/** The first time that can be booked, with the way to book it. */
function FirstFree({ doctorId, config }: { doctorId: string; config: Config }) {
  const { data: slot } = useQuery(firstOpeningQuery(doctorId));
  if (slot === undefined) return "…";
  if (slot === null) return <Trans>none</Trans>;
  return (
    <Link to="/openings" search={{ doctorId }}>
      {whenOf(slot, config)}
    </Link>
  );
}
