import * as z from "zod/v4";
import { Slot } from "#contract/answers/clinic.ts";
import { Reference, text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";
import { TOKEN, absence, extra } from "#contract/requests/schedule.ts";
import { SLOT_STATUSES } from "#domain/closed-lists.ts";

export const ScheduleException = z
  .discriminatedUnion("kind", [absence().extend({ id: Id() }), extra().extend({ id: Id() })])
  .meta({ id: "ScheduleException", description: "A dated absence, or an extra session" });
export type ScheduleException = z.infer<typeof ScheduleException>;

export const ScheduleExceptions = z
  .object({ items: z.array(ScheduleException), nextCursor: z.null() })
  .meta({ id: "ScheduleExceptions" });

export const StaffSlot = Slot.extend({
  status: z.enum(SLOT_STATUSES),
  closedBy: z.enum(["staff", "holiday", "absence"]).nullable().meta({ description: "What closes it" }),
  appointmentId: Id().nullable(),
}).meta({ id: "StaffSlot" });
export type StaffSlot = z.infer<typeof StaffSlot>;

const Displaced = z.object({
  appointmentId: Id(),
  reference: Reference,
  patientId: Id(),
  patientName: text("Niamh Ní Bhriain"),
  unreachable: z.boolean().meta({ description: "The patient has no phone number and no address that takes mail" }),
  doctorId: Id(),
  locationId: Id(),
  startsAt: Instant(),
  endsAt: Instant(),
});

const reasons = z.array(z.string()).meta({
  description: "In short sentences",
  example: ["same doctor", "3 days later", "15 minutes later in the day"],
});

const points = z.number().meta({ description: "Points, as the policy's weights count" });

/** The parts of a move's cost. */
export const MoveReasons = z
  .object({
    reasons,
    points: points.meta({ description: "What it costs by the policy's weights, the sum of the parts", example: 72.5 }),
    parts: z.object({ days: points, timeOfDay: points, earlier: points, doctor: points, location: points }),
    possible: z.int().meta({ description: "How many free slots were possible for this appointment" }),
    cheaperTakenByOthers: z
      .int()
      .meta({ description: "How many of them would have cost less but serve others better" }),
  })
  .meta({ id: "MoveReasons", description: "Why this slot: what it costs the patient, and what else there was" });
export type MoveReasons = z.infer<typeof MoveReasons>;

export const Impact = z
  .object({
    token: text(TOKEN, "The `previewToken` of the real call"),
    affected: z.int().meta({ description: "Appointments that lose their slot" }),
    unchanged: z.int().meta({ description: "Appointments within reach of the change that keep theirs" }),
    reassigned: z
      .array(
        Displaced.extend({
          to: Slot.extend({
            id: Id().nullable().meta({ description: "Null for a slot that the change itself makes" }),
          }),
          why: MoveReasons,
        }),
      )
      .meta({ description: "Those that would be moved at once, from where and to where" }),
    toPlace: z
      .array(
        Displaced.extend({
          why: z.object({
            code: z.enum(["patient-inactive", "frozen", "no-slot", "outbid"]),
            text: text("No free time fits."),
          }),
        }),
      )
      .meta({ description: "Those that a person would have to place" }),
  })
  .meta({ id: "Impact", description: "What a change would do; nothing has been done" });
export type Impact = z.infer<typeof Impact>;
