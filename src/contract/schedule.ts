import * as z from "zod/v4";
import { Slot } from "./clinic.ts";
import { ClinicDate, Id, Instant, Reference, text } from "./common.ts";

/** What the token of a preview looks like. */
export const TOKEN = "2239bb733d80a8ed0e77c9e7c4116f8c.d403639b-fde7-49e2-853a-b27424294d54";

const wallTime = (description: string, example = "09:00") =>
  z
    .string()
    .max(5)
    .meta({ description: `${description}, HH:MM on the wall at the location`, example });

const slotMinutes = z
  .int()
  .nullish()
  .meta({ description: "Slot length, minutes; left out, the doctor's, then the policy's", example: 15 });

/** A weekly session; `to` at or before `from` is on the next day, `validTo` the first date on which it no longer applies. */
export const WeeklySession = z
  .strictObject({
    weekday: z.int().meta({ description: "1 Monday ... 7 Sunday", example: 1 }),
    from: wallTime("Start"),
    to: wallTime("End", "17:00"),
    slotMinutes,
    validFrom: z.string().max(10).meta({ description: "First date", example: "2026-12-01" }),
    validTo: z
      .string()
      .max(10)
      .nullish()
      .meta({ description: "First date on which it no longer applies", example: "2027-07-01" }),
    locationId: Id,
  })
  .meta({ id: "WeeklySession" });

export const Schedule = z
  .array(WeeklySession)
  .meta({ id: "Schedule", description: "A doctor's weekly sessions; what lies between them is off" });

const note = z.string().trim().max(200).nullish().meta({ example: "Conference" });

const absence = z.strictObject({
  kind: z.literal("absence"),
  fromDate: z.string().max(10).meta({ example: "2026-12-24" }),
  toDate: z.string().max(10).meta({ description: "First date on which it is over", example: "2026-12-27" }),
  from: wallTime("Absent from").nullish().meta({ description: "Both hours, or neither for whole days" }),
  to: wallTime("Absent until", "17:00").nullish(),
  locationId: Id.nullish().meta({ description: "Only there; left out, everywhere" }),
  note,
});

const extra = z.strictObject({
  kind: z.literal("extra"),
  date: z.string().max(10).meta({ example: "2026-12-05" }),
  from: wallTime("Start"),
  to: wallTime("End", "17:00"),
  slotMinutes,
  locationId: Id,
  note,
});

/** A change that was looked at first says which preview it was. */
export const PreviewToken = z.string().min(1).max(80).optional().meta({
  description: "The `token` of the preview; required where it told of affected appointments",
  example: TOKEN,
});

export const PreviewTokenQuery = z.strictObject({ previewToken: PreviewToken });

export const CreateException = z
  .discriminatedUnion("kind", [
    absence.extend({ previewToken: PreviewToken }),
    extra.extend({ previewToken: PreviewToken }),
  ])
  .meta({ id: "CreateException" });
export type CreateException = z.infer<typeof CreateException>;

export const ScheduleException = z
  .discriminatedUnion("kind", [absence.extend({ id: Id }), extra.extend({ id: Id })])
  .meta({ id: "ScheduleException", description: "A dated absence, or an extra session" });

export const ScheduleExceptions = z
  .object({ items: z.array(ScheduleException), nextCursor: z.null() })
  .meta({ id: "ScheduleExceptions" });

export const ExceptionsQuery = z.strictObject({
  from: ClinicDate.optional().meta({ description: "Only those that are not over by then; today when left out" }),
});

export const CreateSlot = z
  .strictObject({
    doctorId: Id,
    locationId: Id,
    startsAt: Instant,
    endsAt: Instant,
    previewToken: PreviewToken,
  })
  .meta({ id: "CreateSlot" });

export const ChangeSlot = z
  .strictObject({
    status: z.enum(["open", "closed"]).optional(),
    startsAt: Instant.optional().meta({ description: "Moves the slot; it keeps its length unless endsAt is given" }),
    endsAt: Instant.optional(),
    previewToken: PreviewToken,
  })
  .meta({ id: "ChangeSlot" });
export type ChangeSlot = z.infer<typeof ChangeSlot>;

/** What `PATCH` would be sent, or nothing but `remove` for what `DELETE` would do. */
export const PreviewSlotChange = z
  .union([z.strictObject({ remove: z.literal(true) }), ChangeSlot.omit({ previewToken: true })])
  .meta({ id: "PreviewSlotChange" });

export const StaffSlot = Slot.extend({
  status: z.enum(["open", "closed"]),
  closedBy: z.enum(["staff", "holiday", "absence"]).nullable().meta({ description: "What closes it" }),
  appointmentId: Id.nullable(),
}).meta({ id: "StaffSlot" });

const Displaced = z.object({
  appointmentId: Id,
  reference: Reference,
  patientId: Id,
  doctorId: Id,
  locationId: Id,
  startsAt: Instant,
  endsAt: Instant,
});

const reasons = z.array(z.string()).meta({
  description: "In short sentences",
  example: ["same doctor", "3 days later", "15 minutes later in the day"],
});

const points = z.number().meta({ description: "Points, as the policy's weights count" });

/** What was weighed for a move. */
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
          to: Slot.extend({ id: Id.nullable().meta({ description: "Null for a slot that the change itself makes" }) }),
          why: MoveReasons,
        }),
      )
      .meta({ description: "Those that would be moved at once, from where and to where" }),
    toPlace: z
      .array(
        Displaced.extend({
          why: z.object({ code: z.enum(["frozen", "no-slot", "outbid"]), text: text("No free time fits.") }),
        }),
      )
      .meta({ description: "Those that a person would have to place" }),
  })
  .meta({ id: "Impact", description: "What a change would do; nothing has been done" });
export type Impact = z.infer<typeof Impact>;
