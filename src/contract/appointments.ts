import * as z from "zod/v4";
import { Slot } from "./clinic.ts";
import { ClinicDate, Cursor, Id, Instant, Limit, Override, PatientId, NextCursor, Reference, text } from "./common.ts";

export const APPOINTMENT_STATUSES = [
  "booked",
  "moved",
  "to-place",
  "cancelled",
  "arrived",
  "completed",
  "no-show",
] as const;
export type AppointmentStatus = (typeof APPOINTMENT_STATUSES)[number];

export const Reason = z
  .string()
  .trim()
  .max(500)
  .meta({ description: "In the patient's words; seen by the clinic only" });

export const CreateAppointment = z
  .strictObject({
    holdId: Id,
    reason: Reason.optional(),
    patientId: PatientId.optional(),
    override: Override.optional(),
  })
  .meta({ id: "CreateAppointment" });
export type CreateAppointment = z.infer<typeof CreateAppointment>;

export const RescheduleAppointment = z
  .strictObject({ holdId: Id, patientId: PatientId.optional(), override: Override.optional() })
  .meta({ id: "RescheduleAppointment" });
export type RescheduleAppointment = z.infer<typeof RescheduleAppointment>;

/** Why appointments are cancelled, by whose reason it is. `unspecified`: nobody said. */
export const CANCELLATION_CODES = {
  patient: ["better", "unwell", "cannot-attend", "no-longer-needed", "elsewhere", "deceased", "other", "unspecified"],
  doctor: ["unwell", "absent", "emergency", "other", "unspecified"],
  clinic: ["closed", "staffing", "equipment", "booked-in-error", "duplicate", "other", "unspecified"],
} as const;

const note = z.string().trim().min(1).max(500).optional();

export const CancellationReason = z
  .discriminatedUnion("by", [
    z.strictObject({ by: z.literal("patient"), code: z.enum(CANCELLATION_CODES.patient), note }),
    z.strictObject({ by: z.literal("doctor"), code: z.enum(CANCELLATION_CODES.doctor), note }),
    z.strictObject({ by: z.literal("clinic"), code: z.enum(CANCELLATION_CODES.clinic), note }),
  ])
  .meta({ id: "CancellationReason", description: "Whose reason it is; patients can give their own only" });
export type CancellationReason = z.infer<typeof CancellationReason>;

export const CancelAppointment = z
  .strictObject({
    reason: CancellationReason.optional(),
    patientId: PatientId.optional(),
    override: Override.optional(),
  })
  .meta({ id: "CancelAppointment" });
export type CancelAppointment = z.infer<typeof CancelAppointment>;

export const AcceptAppointment = z.strictObject({ patientId: PatientId.optional() }).meta({ id: "AcceptAppointment" });

export const TransferAppointment = z
  .strictObject({
    patientId: Id.meta({ description: "The patient who gets the appointment" }),
    override: Override.optional(),
  })
  .meta({ id: "TransferAppointment" });

export const MarkAttendance = z
  .strictObject({ status: z.enum(["arrived", "completed", "no-show"]) })
  .meta({ id: "MarkAttendance" });

/** What the clinic did to an appointment that waits for its patient's answer. */
export const Move = z
  .object({
    from: z
      .object({ doctorId: Id, locationId: Id, startsAt: Instant, endsAt: Instant })
      .meta({ description: "Where and when the patient had agreed to come" }),
    movedAt: Instant,
    answerBy: Instant.meta({ description: "The patient is asked to answer by then; never after the new start" }),
    unconfirmed: z.boolean().meta({ description: "Nobody answered by then: the new time stands" }),
    alternatives: z
      .array(Slot)
      .max(2)
      .nullable()
      .meta({ description: "Free times the patient could have instead; null in lists" }),
  })
  .meta({ id: "Move" });

export const Appointment = z
  .object({
    id: Id,
    reference: Reference,
    status: z.enum(APPOINTMENT_STATUSES),
    patientId: Id,
    patientName: text("Niamh Ní Bhriain"),
    doctorId: Id,
    locationId: Id,
    slotId: Id.nullable(),
    startsAt: Instant,
    endsAt: Instant,
    reason: text("A cough that does not go away").nullable(),
    cancellation: z
      .object({
        by: z.enum(["patient", "doctor", "clinic"]),
        code: text("cannot-attend"),
        note: text("Away until May").nullable(),
      })
      .nullable()
      .meta({ description: "Why it was cancelled; a note of the clinic's is for the clinic" }),
    move: Move.nullable().meta({ description: "Of an appointment that is `moved`; null for all others" }),
    changeableUntil: Instant.meta({ description: "Until then the patient can change it online" }),
    changesLeft: z.int(),
  })
  .meta({ id: "Appointment" });
export type Appointment = z.infer<typeof Appointment>;

export const AppointmentsQuery = z.strictObject({
  when: z.enum(["upcoming", "past"]).optional(),
  doctorId: Id.optional(),
  patientId: PatientId.optional(),
  unconfirmed: z
    .enum(["true", "false"])
    .optional()
    .meta({ description: "true: only those that the clinic moved and nobody answered for in time" }),
  from: ClinicDate.optional(),
  to: ClinicDate.optional(),
  limit: Limit.optional(),
  cursor: Cursor.optional(),
});
export type AppointmentsQuery = z.infer<typeof AppointmentsQuery>;

export const Appointments = z
  .object({ items: z.array(Appointment), nextCursor: NextCursor })
  .meta({ id: "Appointments" });
