import type { PatientExport } from "#contract/answers/patients.ts";
import type { PatientExportRow } from "#db/queries/patients.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { deliveryOf, entryOf } from "#http/presenters/history.ts";
import { appointmentOf, patientOf } from "#http/presenters/rows.ts";

/** Everything about a patient as the wire has it. Appointments are as staff see them: the export is of all that is stored. */
export function patientExportOf(row: PatientExportRow): PatientExport {
  const { zone, name, phone } = row.clinic;
  return {
    at: formatInstant(row.at, zone),
    clinic: { name, phone },
    patient: patientOf(row.patient),
    login: row.login,
    mergedRecords: row.merged.map(patientOf),
    doctors: row.doctors,
    locations: row.locations,
    appointments: row.appointments.map((appointment) => appointmentOf(appointment, "staff")),
    messages: row.messages.map(deliveryOf),
    history: row.history.map((entry) => entryOf(entry, zone)),
  };
}
