import * as z from "zod/v4";
import { Slot } from "#contract/answers/clinic.ts";
import { NextCursor, Reference, text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";
import { APPOINTMENT_STATUSES, CANCELLED_BY, MOVE_CAUSES } from "#domain/closed-lists.ts";

export type AppointmentStatus = (typeof APPOINTMENT_STATUSES)[number];

/** The clinic's change of an appointment that waits for its patient's answer. */
export const Move = z
  .object({
    from: z
      .object({ doctorId: Id(), locationId: Id(), startsAt: Instant(), endsAt: Instant() })
      .meta({ description: "Where and when the patient had agreed to come" }),
    movedAt: Instant(),
    because: z.enum(MOVE_CAUSES).meta({ description: "The kind of change of the clinic calendar that moved it" }),
    answerBy: Instant().meta({ description: "The patient is asked to answer by then; never after the new start" }),
    unconfirmed: z.boolean().meta({ description: "True if there was no answer in time: the new time stays" }),
    alternatives: z
      .array(Slot)
      .max(2)
      .nullable()
      .meta({ description: "Free times the patient could have instead; null in lists" }),
  })
  .meta({ id: "Move" });

export const Appointment = z
  .object({
    id: Id(),
    reference: Reference,
    status: z.enum(APPOINTMENT_STATUSES),
    patientId: Id(),
    patientName: text("Niamh Ní Bhriain"),
    doctorId: Id(),
    locationId: Id(),
    slotId: Id().nullable(),
    startsAt: Instant(),
    endsAt: Instant(),
    reason: text("A cough that does not go away").nullable(),
    cancellation: z
      .object({
        by: z.enum(CANCELLED_BY),
        code: text("cannot-attend"),
        note: text("Away until May").nullable(),
      })
      .nullable()
      .meta({ description: "Why it was cancelled; a note of the clinic's is for the clinic" }),
    move: Move.nullable().meta({ description: "Of an appointment that is `moved`; null for all others" }),
    changeableUntil: Instant().meta({ description: "Until then the patient can change it online" }),
    changesLeft: z.int(),
  })
  .meta({ id: "Appointment" });
export type Appointment = z.infer<typeof Appointment>;

export const Appointments = z
  .object({ items: z.array(Appointment), nextCursor: NextCursor })
  .meta({ id: "Appointments" });
