import type { Descriptions } from "#reference/describe.ts";
import { apiClients } from "#reference/api-clients.ts";
import { appointmentChanges } from "#reference/appointment-changes.ts";
import { appointments } from "#reference/appointments.ts";
import { audit } from "#reference/audit.ts";
import { availability } from "#reference/availability.ts";
import { board } from "#reference/board.ts";
import { calendar } from "#reference/calendar.ts";
import { caseChanges } from "#reference/case-changes.ts";
import { cases } from "#reference/cases.ts";
import { config } from "#reference/config.ts";
import { desk } from "#reference/desk.ts";
import { doctors } from "#reference/doctors.ts";
import { exceptions } from "#reference/exceptions.ts";
import { feeds } from "#reference/feeds.ts";
import { health } from "#reference/health.ts";
import { holds } from "#reference/holds.ts";
import { holidays } from "#reference/holidays.ts";
import { imports } from "#reference/imports.ts";
import { lateOpenings } from "#reference/late-openings.ts";
import { operations } from "#reference/operations.ts";
import { patientErase } from "#reference/patient-erase.ts";
import { patientMerge } from "#reference/patient-merge.ts";
import { patients } from "#reference/patients.ts";
import { places } from "#reference/places.ts";
import { policy } from "#reference/policy.ts";
import { preferences } from "#reference/preferences.ts";
import { schedules } from "#reference/schedules.ts";
import { session } from "#reference/session.ts";
import { slots } from "#reference/slots.ts";
import { staff } from "#reference/staff.ts";
import { tasks } from "#reference/tasks.ts";

/** Every operation of the API by its `operationId`, in no particular order: the document is ordered by the route table. */
export const DESCRIPTIONS: Descriptions = {
  ...apiClients,
  ...appointmentChanges,
  ...appointments,
  ...audit,
  ...availability,
  ...board,
  ...calendar,
  ...caseChanges,
  ...cases,
  ...config,
  ...desk,
  ...doctors,
  ...exceptions,
  ...feeds,
  ...health,
  ...holds,
  ...holidays,
  ...imports,
  ...lateOpenings,
  ...operations,
  ...patientErase,
  ...patientMerge,
  ...patients,
  ...places,
  ...policy,
  ...preferences,
  ...schedules,
  ...session,
  ...slots,
  ...staff,
  ...tasks,
};
