import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Cursor, Id, Limit, Override, PatientId, Said, type Infer } from "#contract/common.ts";

export const Reason = once(() =>
  z.string().trim().max(500).meta({ description: "In the patient's words; seen by the clinic only" }),
);

export const CreateAppointment = once(() =>
  z
    .strictObject({
      holdId: Id(),
      reason: Reason().optional(),
      patientId: PatientId().optional(),
      override: Override().optional(),
    })
    .meta({ id: "CreateAppointment" }),
);
export type CreateAppointment = Infer<typeof CreateAppointment>;

export const RescheduleAppointment = once(() =>
  z
    .strictObject({ holdId: Id(), patientId: PatientId().optional(), override: Override().optional() })
    .meta({ id: "RescheduleAppointment" }),
);
export type RescheduleAppointment = Infer<typeof RescheduleAppointment>;

/** Why appointments are cancelled, by whose reason it is. `unspecified`: no reason was given. */
export const CANCELLATION_CODES = {
  patient: ["better", "unwell", "cannot-attend", "no-longer-needed", "elsewhere", "deceased", "other", "unspecified"],
  doctor: ["unwell", "absent", "emergency", "other", "unspecified"],
  clinic: ["closed", "staffing", "equipment", "booked-in-error", "duplicate", "other", "unspecified"],
} as const;

const note = once(() => Said().optional());

export const CancellationReason = once(() =>
  z
    .discriminatedUnion("by", [
      z.strictObject({ by: z.literal("patient"), code: z.enum(CANCELLATION_CODES.patient), note: note() }),
      z.strictObject({ by: z.literal("doctor"), code: z.enum(CANCELLATION_CODES.doctor), note: note() }),
      z.strictObject({ by: z.literal("clinic"), code: z.enum(CANCELLATION_CODES.clinic), note: note() }),
    ])
    .meta({ id: "CancellationReason", description: "Whose reason it is; patients can give their own only" }),
);
export type CancellationReason = Infer<typeof CancellationReason>;

export const CancelAppointment = once(() =>
  z
    .strictObject({
      reason: CancellationReason().optional(),
      patientId: PatientId().optional(),
      override: Override().optional(),
    })
    .meta({ id: "CancelAppointment" }),
);
export type CancelAppointment = Infer<typeof CancelAppointment>;

export const AcceptAppointment = once(() =>
  z.strictObject({ patientId: PatientId().optional() }).meta({ id: "AcceptAppointment" }),
);

export const TransferAppointment = once(() =>
  z
    .strictObject({
      patientId: Id().meta({ description: "The patient who gets the appointment" }),
      override: Override().optional(),
    })
    .meta({ id: "TransferAppointment" }),
);

export const MarkAttendance = once(() =>
  z.strictObject({ status: z.enum(["arrived", "completed", "no-show"]) }).meta({ id: "MarkAttendance" }),
);

export const AppointmentsQuery = once(() =>
  z.strictObject({
    when: z.enum(["upcoming", "past"]).optional().meta({ description: "Both when left out" }),
    doctorId: Id().optional(),
    patientId: PatientId().optional(),
    unconfirmed: z
      .enum(["true", "false"])
      .optional()
      .meta({ description: "true: only those that the clinic moved and that have no answer in time" }),
    from: ClinicDate().optional(),
    to: ClinicDate().optional(),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
export type AppointmentsQuery = Infer<typeof AppointmentsQuery>;
