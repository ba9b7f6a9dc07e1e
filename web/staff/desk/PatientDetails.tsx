import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import type { PatientRecord } from "#contract/answers/patients.ts";
import { sessionQuery } from "#kit/api/queries.ts";
import type { Versioned } from "#kit/api/versioned.ts";
import { nameOf } from "#kit/language/choice.ts";
import { Facts } from "#kit/ui/Facts.tsx";
import { Notice } from "#kit/ui/Notice.tsx";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { useDownload } from "#kit/ui/useDownload.ts";
import { EraseDialog } from "./EraseDialog.tsx";
import { LoginDialog } from "./LoginDialog.tsx";
import { MailStopped } from "./MailStopped.tsx";
import { MergeDialog } from "./MergeDialog.tsx";
import { PatientDialog } from "./PatientDialog.tsx";
import { SwitchOffDialog } from "./SwitchOffDialog.tsx";
import { patientPath } from "./queries.ts";
import { dateWithYear } from "./words.ts";

export interface PatientDetailsProps {
  record: Versioned<PatientRecord>;
  config: Config;
  onDone: (words: string) => void;
}

/** The patient's data and contact, and the actions on the record itself. */
export function PatientDetails({ record, config, onDone }: PatientDetailsProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const [open, setOpen] = useState<"change" | "login" | "off" | "merge" | "erase" | null>(null);
  const patient = record.value;
  const close = (words: string) => {
    setOpen(null);
    onDone(words);
  };
  const isAdministrator = session?.administrator === true;
  const file = useDownload(`${patientPath(patient.id)}/export`, "application/json");
  if (patient.erased) return <Notice tone="info" title={t`This patient was erased`} focus />;
  const login = patient.hasLogin ? t`yes` : patient.loginBlocked ? t`kept out by staff` : t`none`;
  return (
    <>
      {patient.mailStopped !== null && <MailStopped record={record} onDone={onDone} />}
      <section className={page["card"]} aria-label={t`Details`}>
        <Facts
          rows={[
            [t`Born`, dateWithYear(patient.dateOfBirth)],
            [t`Number`, patient.number],
            [
              t`Phone`,
              patient.phone === null ? (
                t`none`
              ) : (
                <a href={`tel:${patient.phoneE164 ?? patient.phone}`}>{patient.phone}</a>
              ),
            ],
            [t`E-mail`, patient.email ?? t`none`],
            [t`Language`, nameOf(patient.language)],
            [t`Reminders`, patient.reminders ? t`yes` : t`no`],
            [t`Login`, login],
          ]}
        />
        {patient.mergedInto === null && (
          <div className={classes["row"]} style={{ marginTop: 12 }}>
            <button type="button" className={classes["small"]} onClick={() => setOpen("change")}>
              <Trans>Change the details…</Trans>
            </button>
            <button type="button" className={classes["small"]} onClick={() => setOpen("login")}>
              <Trans>Login…</Trans>
            </button>
            {isAdministrator && (
              <button type="button" className={classes["small"]} onClick={() => setOpen("merge")}>
                <Trans>Merge…</Trans>
              </button>
            )}
            {isAdministrator && (
              <button
                type="button"
                className={classes["small"]}
                aria-busy={file.isPending}
                onClick={() => file.mutate()}
              >
                <Trans>Download everything</Trans>
              </button>
            )}
            {patient.active && (
              <button type="button" className={classes["small"]} data-tone="bad" onClick={() => setOpen("off")}>
                <Trans>Switch off…</Trans>
              </button>
            )}
            {isAdministrator && !patient.active && (
              <button type="button" className={classes["small"]} data-tone="bad" onClick={() => setOpen("erase")}>
                <Trans>Erase…</Trans>
              </button>
            )}
            <Link to="/clinic/audit" search={{ subject: patient.id }} className={classes["small"] ?? ""}>
              <Trans>Access log</Trans>
            </Link>
          </div>
        )}
        {file.error !== null && <ProblemNotice error={file.error} focus />}
        {patient.mergedInto !== null && (
          <div style={{ marginTop: 12 }}>
            <Link
              to="/patients/$patientId"
              params={{ patientId: patient.mergedInto }}
              className={classes["small"] ?? ""}
            >
              <Trans>Open the record that it was merged into</Trans>
            </Link>
          </div>
        )}
      </section>
      {open === "change" && (
        <PatientDialog record={record} onClose={() => setOpen(null)} onDone={() => close(t`The record is changed`)} />
      )}
      {open === "login" && (
        <LoginDialog record={record} onClose={() => setOpen(null)} onDone={() => close(t`The login is changed`)} />
      )}
      {open === "off" && (
        <SwitchOffDialog
          record={record}
          config={config}
          onClose={() => setOpen(null)}
          onDone={() => close(t`The record is switched off`)}
        />
      )}
      {open === "erase" && <EraseDialog record={record} onClose={() => setOpen(null)} onDone={() => setOpen(null)} />}
      {open === "merge" && (
        <MergeDialog
          record={record}
          onClose={() => setOpen(null)}
          onDone={({ id }) => {
            close(t`The records are merged`);
            void navigate({ to: "/patients/$patientId", params: { patientId: id } });
          }}
        />
      )}
    </>
  );
}
