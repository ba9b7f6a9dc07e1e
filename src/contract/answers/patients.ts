import * as z from "zod/v4";
import { Appointment } from "#contract/answers/appointments.ts";
import { NextCursor, PhoneE164, text } from "#contract/answers/common.ts";
import { AuditEntry } from "#contract/answers/audit.ts";
import { Delivery } from "#contract/answers/tasks.ts";
import { ClinicDate, Id, Instant } from "#contract/common.ts";
import { PatientNumber, PersonName } from "#contract/requests/patients.ts";
import { INACTIVE_REASONS } from "#domain/closed-lists.ts";

export const Patient = z
  .object({
    id: Id(),
    number: PatientNumber(),
    name: PersonName(),
    dateOfBirth: ClinicDate(),
    email: text("niamh@example.org").nullable(),
    phone: text("01 555 0123", "As it was typed").nullable(),
    phoneE164: PhoneE164(),
    language: text("en"),
    reminders: z.boolean(),
    mailStopped: z
      .enum(["bounce", "complaint"])
      .nullable()
      .meta({ description: "Why no mail goes to this address any more; `POST /patients/{id}/mail/resume` ends it" }),
    keepsLocation: z.boolean(),
    active: z.boolean(),
    inactiveBecause: z
      .enum(INACTIVE_REASONS)
      .nullable()
      .meta({ description: "Why the record is switched off, if staff said so" }),
    hasLogin: z.boolean().meta({ description: "The patient has a login" }),
    loginBlocked: z
      .boolean()
      .meta({ description: "No login is linked to this record by its verified address until staff allow it" }),
    mergedInto: Id().nullable().meta({ description: "The record that took this one's place" }),
    erased: z.boolean().meta({ description: "The values that tell who it is were erased" }),
  })
  .meta({ id: "Patient" });
export type Patient = z.infer<typeof Patient>;

const PossibleDuplicate = Patient.pick({ id: true, number: true, name: true, dateOfBirth: true, active: true }).extend({
  same: z
    .array(z.enum(["name", "dateOfBirth", "email", "phone"]))
    .meta({ description: "In what the records are the same", example: ["name", "dateOfBirth"] }),
});

export const NewPatient = Patient.extend({
  possibleDuplicates: z
    .array(PossibleDuplicate)
    .optional()
    .meta({ description: "A warning: records that may be of the same person, at most 5; left out if there are none" }),
}).meta({ id: "NewPatient" });

export const PatientRecord = Patient.extend({
  stillBooked: z.array(Appointment).nullable().meta({
    description:
      "Of a record that is switched off: its appointments to come. `cancelAppointments` cancels them. Null for an active record",
  }),
}).meta({ id: "PatientRecord" });
export type PatientRecord = z.infer<typeof PatientRecord>;

export const Patients = z.object({ items: z.array(Patient), nextCursor: NextCursor }).meta({ id: "Patients" });

export const PatientExport = z
  .object({
    at: Instant(),
    clinic: z.object({ name: text("Holdfast Clinic"), phone: text("01 234 5678") }),
    patient: Patient,
    login: text("auth0|patient1", "The login at the identity provider").nullable(),
    mergedRecords: z.array(Patient).meta({ description: "Records that were merged into this one" }),
    doctors: z.array(z.object({ id: Id(), name: text("Dr Aoife Byrne"), specialty: text("General practice") })),
    locations: z.array(z.object({ id: Id(), name: text("Main clinic"), address: text("1 Liffey Street, Dublin") })),
    appointments: z.array(Appointment).meta({ description: "All, by start" }),
    messages: z.array(Delivery).meta({ description: "All messages that were sent, by time" }),
    history: z.array(AuditEntry).meta({
      description: "Changes, and who looked at the record, by time. Looks at lists of several patients are not in it",
    }),
  })
  .meta({ id: "PatientExport" });
export type PatientExport = z.infer<typeof PatientExport>;
