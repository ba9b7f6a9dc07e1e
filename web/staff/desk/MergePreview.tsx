import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { PatientRecord } from "#contract/answers/patients.ts";
import classes from "#kit/ui/Screen.module.css";
import { patientAppointmentsQuery } from "./queries.ts";
import { dateWithYear } from "./words.ts";

/** Both records side by side, with what the merged one will have. */
export function MergePreview({ source, target }: { source: PatientRecord; target: PatientRecord }) {
  const { t } = useLingui();
  const coming = [useComing(source.id), useComing(target.id)] as const;
  const none = t`none`;
  const yes = (on: boolean) => (on ? t`yes` : t`no`);
  const rows: [label: string, source: string, target: string, result: string][] = [
    [t`Name`, source.name, target.name, target.name],
    [t`Born`, dateWithYear(source.dateOfBirth), dateWithYear(target.dateOfBirth), dateWithYear(target.dateOfBirth)],
    [t`Number`, source.number, target.number, target.number],
    [t`Phone`, source.phone ?? none, target.phone ?? none, target.phone ?? source.phone ?? none],
    [t`E-mail`, source.email ?? none, target.email ?? none, target.email ?? source.email ?? none],
    [t`Login`, yes(source.hasLogin), yes(target.hasLogin), yes(source.hasLogin || target.hasLogin)],
    [t`Wants reminders`, yes(source.reminders), yes(target.reminders), yes(source.reminders && target.reminders)],
    [t`Coming`, coming[0], coming[1], t`all of both`],
  ];
  return (
    <>
      {/* A wide table scrolls by itself, and the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes["scroll"]} aria-label={t`Both records`} tabIndex={0}>
        <table className={`${classes["table"]} ${classes["compare"]}`}>
          <thead>
            <tr>
              <th scope="col">
                <Trans>What</Trans>
              </th>
              <th scope="col">
                <Trans>This record ends</Trans>
              </th>
              <th scope="col">
                <Trans>This record stays</Trans>
              </th>
              <th scope="col">
                <Trans>Afterwards</Trans>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([label, one, other, result]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{one}</td>
                <td>{other}</td>
                <td>
                  <strong>{result}</strong>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className={classes["soft"]} style={{ margin: 0 }}>
        <Trans>
          Appointments, mails, tasks and the login go to the record that stays. The other one is switched off. The
          patient gets no mail about it.
        </Trans>
      </p>
    </>
  );
}

/** How many appointments are to come. */
function useComing(patientId: string): string {
  const { data } = useQuery(patientAppointmentsQuery(patientId, "upcoming"));
  return data === undefined ? "…" : String(data.length);
}
