import * as z from "zod/v4";
import { APPOINTMENT_STATUSES } from "#domain/closed-lists.ts";
import { Slot } from "#contract/answers/clinic.ts";
import { PhoneE164, text } from "#contract/answers/common.ts";
import { ClinicDate, Id, Instant } from "#contract/common.ts";

export const BOARD_SLOT_STATES = ["free", "late", "held", "booked", "closed", "absent", "holiday"] as const;

export const BoardSlot = Slot.extend({
  date: ClinicDate(),
  state: z.enum(BOARD_SLOT_STATES).meta({
    description:
      "`late`: came free within the freeze; `absent`, `holiday`: closed for that reason; `free` also when it is past",
  }),
  appointmentId: Id().nullable(),
  heldUntil: Instant().nullable().meta({ description: "When the hold ends unless it is extended; of `held` only" }),
}).meta({ id: "BoardSlot" });
export type BoardSlot = z.infer<typeof BoardSlot>;

export const BoardAppointment = Slot.extend({
  version: z.int().meta({ description: "The ETag number, for changes", example: 3 }),
  status: z.enum(APPOINTMENT_STATUSES),
  patientId: Id(),
  patientName: text("Niamh Ní Bhriain"),
  phone: text("+353 1 555 0123").nullable(),
  phoneE164: PhoneE164(),
  slotId: Id().nullable().meta({ description: "null for `to-place`: doctor and times are those that it lost" }),
  reason: text("A cough that does not go away").nullable().meta({
    description: "In the patient's words, on the doctor's own board; null for staff, who read the appointment",
  }),
  willCome: z
    .boolean()
    .meta({ description: "The patient has said, by the link in a mail, that they will come at this time" }),
  arrivedAt: Instant().nullable().meta({ description: "Since when the patient waits; of `arrived` only" }),
}).meta({ id: "BoardAppointment" });
export type BoardAppointment = z.infer<typeof BoardAppointment>;

const clock = (example: string) =>
  z.string().nullable().meta({ description: "At the location; null for whole days", example });

export const Board = z
  .object({
    doctors: z
      .array(z.object({ id: Id(), name: text("Dr Byrne"), specialty: text("General practice") }))
      .meta({ description: "Those with a slot or an appointment in the window, by specialty and name" }),
    slots: z.array(BoardSlot),
    appointments: z.array(BoardAppointment),
    absences: z.array(
      z.object({
        id: Id(),
        doctorId: Id(),
        locationId: Id().nullable().meta({ description: "null: everywhere" }),
        fromDate: ClinicDate(),
        toDate: ClinicDate().meta({ description: "Last date, included" }),
        from: clock("09:00"),
        to: clock("11:00"),
        note: text("Course").nullable(),
      }),
    ),
    holidays: z.array(z.object({ locationId: Id(), date: ClinicDate(), name: text("St Stephen's Day") })),
  })
  .meta({ id: "Board" });
export type Board = z.infer<typeof Board>;
