import { useLingui } from "@lingui/react/macro";
import type { CANCELLATION_CODES } from "#contract/requests/appointments.ts";

type Codes = typeof CANCELLATION_CODES;

interface Group {
  group: string;
  /** `value`: whose reason and which, `patient unwell`. */
  items: { value: string; label: string }[];
}

/** The closed list of reasons, by whose they are. A patient who cancels online sees their own ones in their own words. */
export function useCancellationWords(): Group[] {
  const { t } = useLingui();
  const patient: Record<Codes["patient"][number], string> = {
    "cannot-attend": t`cannot come then`,
    unwell: t`too unwell to come`,
    better: t`feels better`,
    "no-longer-needed": t`no longer needs it`,
    elsewhere: t`goes elsewhere`,
    deceased: t`has died`,
    other: t`another reason of the patient's`,
    unspecified: t`gave no reason`,
  };
  const doctor: Record<Codes["doctor"][number], string> = {
    unwell: t`doctor is unwell`,
    absent: t`doctor is absent`,
    emergency: t`doctor has an emergency`,
    other: t`another reason of the doctor's`,
    unspecified: t`doctor, without a reason`,
  };
  const clinic: Record<Codes["clinic"][number], string> = {
    closed: t`clinic is closed`,
    staffing: t`too few staff`,
    equipment: t`equipment does not work`,
    "booked-in-error": t`booked in error`,
    duplicate: t`booked twice`,
    other: t`another reason of the clinic's`,
    unspecified: t`clinic, without a reason`,
  };
  const itemsOf = (by: string, words: Record<string, string>) =>
    Object.entries(words).map(([code, label]) => ({ value: `${by} ${code}`, label }));
  return [
    { group: t`Patient`, items: itemsOf("patient", patient) },
    { group: t({ message: "Doctor", context: "label before the name" }), items: itemsOf("doctor", doctor) },
    { group: t`Clinic`, items: itemsOf("clinic", clinic) },
  ];
}
