import { Plural, Trans } from "@lingui/react/macro";
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Patient } from "#contract/answers/patients.ts";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import classes from "#kit/ui/Screen.module.css";
import { patientSearchQuery } from "./queries.ts";
import { identityOf } from "./words.ts";

/** The patients found for a text: none, some, or so many that the user types more. */
export function PatientResults({ asked, onChoose }: { asked: string; onChoose: (patientId: string) => void }) {
  const { data, error, refetch, isPlaceholderData } = useQuery(patientSearchQuery(asked));
  if (asked.length < 2) return null;
  if (error !== null) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={120} radius="md" />;
  const { items, nextCursor } = data;
  return (
    <>
      <output className={classes["soft"]} style={{ margin: 0 }}>
        {isPlaceholderData ? (
          <Trans>Searching…</Trans>
        ) : items.length === 0 ? (
          <Trans>No patient was found. Try fewer letters, or the date of birth.</Trans>
        ) : nextCursor === null ? (
          <Plural value={items.length} one="# patient" other="# patients" />
        ) : (
          <Trans>There are more. Type more of the name.</Trans>
        )}
      </output>
      {items.length > 0 && (
        <ul className={classes["list"]} aria-busy={isPlaceholderData}>
          {items.map((patient) => (
            <li key={patient.id}>
              <button
                type="button"
                className={`${classes["line"]} ${classes["choice"]}`}
                onClick={() => onChoose(patient.id)}
              >
                <PatientLine patient={patient} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A patient in one line: who it is, and how to reach them. */
export function PatientLine({ patient }: { patient: Patient }) {
  return (
    <>
      <span>
        <strong>{patient.name}</strong>{" "}
        {!patient.active && (
          <span className={classes["badge"]} data-tone="warn">
            <Trans>Switched off</Trans>
          </span>
        )}
        <br />
        <span className={`${classes["soft"]} ${classes["number"]}`}>{identityOf(patient)}</span>
      </span>
      <span className={`${classes["soft"]} ${classes["number"]}`}>
        {patient.phone ?? patient.email ?? <Trans>No phone, no e-mail</Trans>}
      </span>
    </>
  );
}
