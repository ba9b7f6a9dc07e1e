import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { INACTIVE_REASONS } from "#domain/closed-lists.ts";
import { readEmail } from "#domain/email.ts";
import { isPhone, readPhone } from "#domain/phone.ts";
import { isPlain, isSeen } from "#domain/visible-text.ts";
import { ClinicDate, Cursor, Id, Language, Limit, Said, type Infer } from "#contract/common.ts";

/** One line: no control character may hide in what people read and print. */
// oxlint-disable-next-line no-control-regex -- Named one by one, as the OpenAPI document has it: not all that read it know \p{Cc}.
const printable = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;

/** A name as people write it, one line. All of it can be seen, and it turns no text around it. */
export const Name = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(printable, "One line, without control characters")
    .refine(isSeen, "Nothing of it can be seen")
    .refine(isPlain, "Without characters that are not seen or that turn the text around them");

/** A person's name as they write it. */
export const PersonName = once(() => Name(200).meta({ example: "Niamh Ní Bhriain" }));

/** An address that mail can be sent to; its domain may be in any script. It is stored in ASCII. */
export const Email = once(() =>
  z
    .string()
    .max(254)
    .overwrite((typed) => readEmail(typed) ?? typed)
    .refine((address) => readEmail(address) !== null, "Must be an e-mail address, such as niamh@example.org")
    .meta({ format: "idn-email", example: "niamh@example.org" }),
);

/** As people type and paste it: 5 to 15 digits (ITU-T E.164), what stands between them, and an extension. */
export const Phone = once(() =>
  z
    .string()
    .max(60)
    .overwrite(readPhone)
    .max(40)
    .refine(isPhone, "5 to 15 digits, spaces and ( ) . / - between them, a + in front if international, ext. 4 behind")
    .meta({ example: "+353 1 555 0123" }),
);

export const PatientNumber = once(() =>
  z
    .string()
    .trim()
    .max(40)
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ./-]*$/, "Letters, digits, spaces and . / - only")
    .meta({ description: "The clinic's own number for the patient", example: "LC-10007" }),
);

const DateOfBirth = once(() =>
  ClinicDate()
    .refine((date) => date >= "1880-01-01", "Nobody alive was born then")
    .meta({
      description: "Not after today at the clinic",
    }),
);

export const CreatePatient = once(() =>
  z
    .strictObject({
      name: PersonName(),
      dateOfBirth: DateOfBirth(),
      number: PatientNumber().optional().meta({ description: "The clinic's own number; the next one when left out" }),
      email: Email().nullable().optional(),
      phone: Phone().nullable().optional(),
      language: Language().optional().meta({ description: "One of the clinic's locales; its first when left out" }),
    })
    .meta({ id: "CreatePatient" }),
);
export type CreatePatient = Infer<typeof CreatePatient>;

export const ChangePatient = once(() =>
  z
    .strictObject({
      name: PersonName().optional(),
      dateOfBirth: DateOfBirth().optional(),
      number: PatientNumber().optional(),
      email: Email().nullable().optional(),
      phone: Phone().nullable().optional(),
      language: Language().optional().meta({ description: "One of the clinic's locales" }),
      reminders: z.boolean().optional().meta({ description: "Whether the patient is reminded of appointments" }),
      keepsLocation: z
        .boolean()
        .optional()
        .meta({ description: "true: the clinic's own moves keep this patient at the location they booked" }),
      loginBlocked: z
        .boolean()
        .optional()
        .meta({ description: "false: a login can be linked to this record again by its verified address" }),
      active: z
        .boolean()
        .optional()
        .meta({ description: "false: no time can be booked for them, and their login and holds end" }),
      inactiveBecause: z
        .enum(INACTIVE_REASONS)
        .optional()
        .meta({ description: "Why the record is switched off. No mail goes to it: staff get a task instead" }),
      cancelAppointments: z
        .boolean()
        .optional()
        .meta({ description: "true: cancels what is still booked for a record that is, or is being, switched off" }),
    })
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .meta({ id: "ChangePatient", example: { phone: "+353 1 555 0123" } }),
);
export type ChangePatient = Infer<typeof ChangePatient>;

export const EndPatientLoginQuery = once(() =>
  z.strictObject({
    block: z
      .enum(["true", "false"])
      .optional()
      .meta({ description: "true: no login is linked to this record again until staff set `loginBlocked` to false" }),
  }),
);

export const MergePatient = once(() =>
  z
    .strictObject({
      into: Id().meta({
        description: "The record that stays, and gets everything of this one",
        example: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c12",
      }),
      intoVersion: z.int().min(1).max(999_999_999).optional().meta({
        description: "The ETag's number of the target record, if it must not have changed since it was read",
        example: 3,
      }),
      reason: Said()
        .optional()
        .meta({ description: "For the audit trail", example: "Registered again at the front desk" }),
    })
    .meta({ id: "MergePatient" }),
);

export const PatientsQuery = once(() =>
  z.strictObject({
    q: z.string().trim().min(1).max(100).optional().meta({
      description:
        "Name, in any order of words, with or without accents, its words begun or misspelt; also a number or a date of birth",
      example: "niamh bhrain",
    }),
    dateOfBirth: ClinicDate().optional(),
    number: z
      .string()
      .trim()
      .min(1)
      .max(40)
      .optional()
      .meta({ description: "The number or its beginning", example: "LC-100" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
export type PatientsQuery = Infer<typeof PatientsQuery>;
