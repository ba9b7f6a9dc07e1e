import { z } from "zod";
import { ClinicDate, Cursor, Id, Instant, Limit, PatientId } from "./common.ts";

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
  .strictObject({ holdId: Id, reason: Reason.optional(), patientId: PatientId.optional() })
  .meta({ id: "CreateAppointment" });
export type CreateAppointment = z.infer<typeof CreateAppointment>;

export const Appointment = z
  .object({
    id: Id,
    reference: z.string().meta({ description: "To say over the phone", example: "K7Q-4TX" }),
    status: z.enum(APPOINTMENT_STATUSES),
    patientId: Id,
    patientName: z.string(),
    doctorId: Id,
    locationId: Id,
    slotId: Id.nullable(),
    startsAt: Instant,
    endsAt: Instant,
    reason: z.string().nullable(),
    changeableUntil: Instant.meta({ description: "Until then the patient can change it online" }),
    changesLeft: z.int(),
  })
  .meta({ id: "Appointment" });
export type Appointment = z.infer<typeof Appointment>;

export const AppointmentsQuery = z.strictObject({
  when: z.enum(["upcoming", "past"]).optional(),
  doctorId: Id.optional(),
  patientId: PatientId.optional(),
  from: ClinicDate.optional(),
  to: ClinicDate.optional(),
  limit: Limit.optional(),
  cursor: Cursor.optional(),
});
export type AppointmentsQuery = z.infer<typeof AppointmentsQuery>;

export const Appointments = z
  .object({ items: z.array(Appointment), nextCursor: z.string().nullable() })
  .meta({ id: "Appointments" });
