import type { holidays, locations } from "#db/schema/clinic.ts";
import type { apiClients, apiKeys } from "#db/schema/access.ts";
import type { outbox } from "#db/schema/ledger.ts";
import type { doctors, patients, people } from "#db/schema/people.ts";
import type { slots } from "#db/schema/appointments.ts";
import type { exceptions, schedules } from "#db/schema/schedule.ts";
import { startOfClinicDate } from "#domain/clinic-time.ts";
import type { ScheduleLocation } from "#domain/schedule/model.ts";
import type { Fact } from "#domain/settle.ts";
import { subjectOf } from "./accounts.ts";
import { makeAppointments, type OpenSlot, type SeedAppointment } from "./appointments.ts";
import { makeCalendar, spanAround } from "./calendar.ts";
import { STAFF, TIME_ZONE } from "./clinic.ts";
import { DOCTORS } from "./doctors.ts";
import { makePatients } from "./patients.ts";
import { makeHolidays, makeLocations } from "./places.ts";
import { uuids } from "./random.ts";

/** The clinic's own apps, as clients of the API. */
const APP_NAMES = { patient: "App for patients and doctors", staff: "App for staff" };

/** All rows of the seeded clinic. */
export interface SeedRows {
  locations: (typeof locations.$inferInsert)[];
  holidays: (typeof holidays.$inferInsert)[];
  people: (typeof people.$inferInsert)[];
  doctors: (typeof doctors.$inferInsert)[];
  patients: (typeof patients.$inferInsert)[];
  schedules: (typeof schedules.$inferInsert)[];
  exceptions: (typeof exceptions.$inferInsert)[];
  slots: (typeof slots.$inferInsert)[];
  appointments: SeedAppointment[];
  outbox: (typeof outbox.$inferInsert)[];
  apiClients: (typeof apiClients.$inferInsert)[];
  apiKeys: (typeof apiKeys.$inferInsert)[];
  /** The person on whose behalf the appointments stand in the audit trail. */
  receptionistId: string;
}

/** @param now epoch milliseconds; @param today its clinic date */
export function makeRows(now: number, today: string): SeedRows {
  // By the day, not the moment, so that a finding has the same id in the next run.
  const newId = uuids(startOfClinicDate(today, TIME_ZONE), 1);
  const span = spanAround(today);
  const { places, idOf } = makeLocations(newId);
  const holidayRows = makeHolidays(span, places, newId, new Date(now));
  const closedOn = new Map<string, ScheduleLocation>(
    places.map(({ id }) => [
      id,
      {
        zone: TIME_ZONE,
        holidays: new Set(holidayRows.filter(({ locationId }) => locationId === id).map(({ date }) => date)),
      },
    ]),
  );

  const patientList = makePatients(today, newId);
  const doctorList = DOCTORS.map((doctor, index) => ({
    ...doctor,
    id: newId(),
    personId: newId(),
    account: `doctor${index + 1}`,
    calendar: makeCalendar(index, span, idOf, closedOn),
  }));
  const staffList = STAFF.map((name, index) => ({ personId: newId(), account: `staff${index + 1}`, name }));

  const slotRows = doctorList.flatMap(({ id: doctorId, calendar }, doctor) =>
    calendar.slots.map((slot) => ({ ...slot, id: newId(), doctorId, doctor })),
  );
  const open: OpenSlot[] = slotRows.filter(({ closedBy }) => closedBy === null);
  const appointmentRows = makeAppointments(patientList, open, { now, today, newId });

  const apps = (["patient", "staff"] as const).map((app) => ({ app, id: newId(), keyId: newId() }));

  const person =
    (role: "patient" | "doctor" | "staff") => (of: { personId: string; account: string; name: string }) => ({
      id: of.personId,
      subject: subjectOf(of.account),
      role,
      name: of.name,
      administrator: false,
      createdAt: new Date(now),
      updatedAt: new Date(now),
    });
  return {
    locations: places.map((place) => ({ ...place, updatedAt: new Date(now) })),
    holidays: holidayRows,
    people: [
      ...patientList.map(person("patient")),
      ...doctorList.map(person("doctor")),
      ...staffList.map((member) => ({ ...person("staff")(member), administrator: member.account === "staff1" })),
    ],
    doctors: doctorList.map(({ id, personId, name, specialty, slotMinutes }) => ({
      id,
      personId,
      name,
      specialty,
      slotMinutes,
      updatedAt: new Date(now),
    })),
    patients: patientList.map(({ id, personId, number, name, dateOfBirth, email, phone }) => ({
      id,
      personId,
      number,
      name,
      dateOfBirth,
      email,
      phone,
      e164: phone.replaceAll(" ", ""),
      updatedAt: new Date(now),
    })),
    schedules: doctorList.flatMap(({ id: doctorId, calendar }) =>
      calendar.sessions.map(({ from: fromTime, to: toTime, ...session }) => ({
        id: newId(),
        doctorId,
        fromTime,
        toTime,
        ...session,
      })),
    ),
    exceptions: doctorList.flatMap(({ id: doctorId, calendar }) =>
      calendar.exceptions.map(({ exception, note }) => ({
        id: newId(),
        doctorId,
        kind: exception.kind,
        locationId: exception.locationId ?? null,
        fromDate: exception.kind === "extra" ? exception.date : exception.fromDate,
        toDate: exception.kind === "extra" ? exception.date : exception.toDate,
        fromTime: exception.from ?? null,
        toTime: exception.to ?? null,
        note,
      })),
    ),
    slots: slotRows.map(({ id, doctorId, locationId, startsAt, endsAt, date, closedBy, origin }) => ({
      id,
      doctorId,
      locationId,
      startsAt: new Date(startsAt),
      endsAt: new Date(endsAt),
      clinicDate: date,
      status: closedBy === null ? ("open" as const) : ("closed" as const),
      closedBy,
      origin,
    })),
    appointments: appointmentRows,
    outbox: appointmentRows.map(alreadyTold),
    apiClients: apps.map(({ id, app }) => ({ id, app, name: APP_NAMES[app], updatedAt: new Date(now) })),
    apiKeys: apps.map(({ id, keyId }) => ({ id: keyId, clientId: id, createdAt: new Date(now) })),
    receptionistId: staffList[1]?.personId ?? "",
  };
}

/** Marks the state as last notified, so that the new clinic sends no mail. */
function alreadyTold(row: SeedAppointment): SeedRows["outbox"][number] {
  const cancelled = row.status === "cancelled";
  const fact: Fact = {
    state: cancelled ? "cancelled" : "booked",
    startsAt: row.startsAt.getTime(),
    endsAt: row.endsAt.getTime(),
    timeZone: TIME_ZONE,
    locationId: row.locationId,
    doctorId: row.doctorId,
  };
  return {
    appointmentId: row.id,
    patientId: row.patientId,
    version: cancelled ? 2 : 1,
    lastNotified: fact,
    lastNotifiedAt: cancelled ? row.updatedAt : row.createdAt,
    sequence: cancelled ? 1 : 0,
  };
}
