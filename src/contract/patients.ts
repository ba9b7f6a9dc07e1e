import * as z from "zod/v4";
import { ClinicDate, Cursor, Id, Language, Limit, NextCursor, text } from "./common.ts";

/** One line: no control character may hide in what people read and print. */
const printable = /^[^\p{Cc}\u2028\u2029]*$/u;

/** A person's name as they write it, one line. */
export const PersonName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(printable, "One line, without control characters")
  .meta({ example: "Niamh Ní Bhriain" });

export const Email = z.email().max(254).meta({ example: "niamh@example.org" });

/** As people write it: a plus, digits, and what they put between them; 5 to 15 digits (ITU-T E.164). */
export const Phone = z
  .string()
  .trim()
  .max(40)
  .regex(/^\+?[0-9 ()./-]+$/, "Digits, spaces and ( ) . / - only, with a + in front if international")
  .refine((phone) => /^\d{5,15}$/.test(phone.replaceAll(/\D/g, "")), "5 to 15 digits")
  .meta({ example: "+353 1 555 0123" });

export const PatientNumber = z
  .string()
  .trim()
  .max(40)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ./-]*$/, "Letters, digits, spaces and . / - only")
  .meta({ description: "The clinic's own number for the patient", example: "LC-10007" });

const DateOfBirth = ClinicDate.refine((date) => date >= "1880-01-01", "Nobody alive was born then").meta({
  description: "Not after today at the clinic",
});

export const CreatePatient = z
  .strictObject({
    name: PersonName,
    dateOfBirth: DateOfBirth,
    number: PatientNumber.optional().meta({ description: "The clinic's own number; the next one when left out" }),
    email: Email.nullable().optional(),
    phone: Phone.nullable().optional(),
    language: Language.optional().meta({ description: "One of the clinic's locales; its first when left out" }),
  })
  .meta({ id: "CreatePatient" });
export type CreatePatient = z.infer<typeof CreatePatient>;

export const ChangePatient = z
  .strictObject({
    name: PersonName.optional(),
    dateOfBirth: DateOfBirth.optional(),
    number: PatientNumber.optional(),
    email: Email.nullable().optional(),
    phone: Phone.nullable().optional(),
    language: Language.optional().meta({ description: "One of the clinic's locales" }),
    reminders: z.boolean().optional().meta({ description: "Whether the patient is reminded of appointments" }),
    keepsLocation: z
      .boolean()
      .optional()
      .meta({ description: "true: the clinic's own moves keep this patient at the location they booked" }),
    active: z.boolean().optional().meta({ description: "false: nobody can book for them, and their login ends" }),
  })
  .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
  .meta({ id: "ChangePatient" });
export type ChangePatient = z.infer<typeof ChangePatient>;

export const MergePatient = z
  .strictObject({
    into: Id.meta({ description: "The record that stays, and gets everything of this one" }),
    intoVersion: z
      .int()
      .min(1)
      .max(999_999_999)
      .optional()
      .meta({ description: "The ETag's number of the record that stays, if it is to be as it was read", example: 3 }),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: "For the audit trail", example: "Registered again at the front desk" }),
  })
  .meta({ id: "MergePatient" });

export const Patient = z
  .object({
    id: Id,
    number: PatientNumber,
    name: PersonName,
    dateOfBirth: ClinicDate,
    email: text("niamh@example.org").nullable(),
    phone: text("+353 1 555 0123").nullable(),
    language: text("en"),
    reminders: z.boolean(),
    mailStopped: z
      .enum(["bounce", "complaint"])
      .nullable()
      .meta({ description: "Why no mail goes to this address any more; `POST /patients/{id}/mail/resume` ends it" }),
    keepsLocation: z.boolean(),
    active: z.boolean(),
    hasLogin: z.boolean().meta({ description: "Somebody can log in as this patient" }),
    mergedInto: Id.nullable().meta({ description: "The record that took this one's place" }),
  })
  .meta({ id: "Patient" });
export type Patient = z.infer<typeof Patient>;

export const PatientsQuery = z.strictObject({
  q: z.string().trim().min(2).max(100).optional().meta({
    description:
      "Name, in any order of words, with or without accents, its words begun or misspelt; also a number or a date of birth",
    example: "niamh bhrain",
  }),
  dateOfBirth: ClinicDate.optional(),
  number: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .optional()
    .meta({ description: "The number or its beginning", example: "LC-100" }),
  limit: Limit.optional(),
  cursor: Cursor.optional(),
});
export type PatientsQuery = z.infer<typeof PatientsQuery>;

export const Patients = z.object({ items: z.array(Patient), nextCursor: NextCursor }).meta({ id: "Patients" });
