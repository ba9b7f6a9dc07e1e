import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Id, Instant, type Infer } from "#contract/common.ts";
import { SLOT_STATUSES } from "#domain/closed-lists.ts";

/** The form of a preview's token. */
export const TOKEN = "2239bb733d80a8ed0e77c9e7c4116f8c.d403639b-fde7-49e2-853a-b27424294d54";

const wallTime = (description: string, example = "09:00") =>
  z
    .string()
    .max(5)
    .meta({ description: `${description}, HH:MM on the wall at the location`, example });

const slotMinutes = once(() =>
  z
    .int()
    .nullish()
    .meta({ description: "Slot length, minutes; left out, the doctor's, then the policy's", example: 15 }),
);

/** A weekly session; `to` at or before `from` is on the next day, `validTo` the last date on which it applies. */
export const WeeklySession = once(() =>
  z
    .strictObject({
      weekday: z.int().meta({ description: "1 Monday ... 7 Sunday", example: 1 }),
      from: wallTime("Start"),
      to: wallTime("End", "17:00"),
      slotMinutes: slotMinutes(),
      validFrom: z.string().max(10).meta({ description: "First date", example: "2026-12-01" }),
      validTo: z.string().max(10).nullish().meta({ description: "Last date, included", example: "2027-06-30" }),
      locationId: Id(),
    })
    .meta({ id: "WeeklySession" }),
);

export const Schedule = once(() =>
  z
    .array(WeeklySession())
    .meta({ id: "Schedule", description: "A doctor's weekly sessions; what lies between them is off" }),
);

const note = once(() => z.string().trim().max(200).nullish().meta({ example: "Conference" }));

export const absence = once(() =>
  z.strictObject({
    kind: z.literal("absence"),
    fromDate: z.string().max(10).meta({ example: "2026-12-24" }),
    toDate: z.string().max(10).meta({ description: "Last date, included", example: "2026-12-26" }),
    from: wallTime("Absent from").nullish().meta({ description: "Both hours, or neither for whole days" }),
    to: wallTime("Absent until", "17:00").nullish(),
    locationId: Id().nullish().meta({ description: "Only there; left out, everywhere" }),
    note: note(),
  }),
);

export const extra = once(() =>
  z.strictObject({
    kind: z.literal("extra"),
    date: z.string().max(10).meta({ example: "2026-12-05" }),
    from: wallTime("Start"),
    to: wallTime("End", "17:00"),
    slotMinutes: slotMinutes(),
    locationId: Id(),
    note: note(),
  }),
);

/** A change that was looked at first says which preview it was. */
export const PreviewToken = once(() =>
  z.string().min(1).max(80).optional().meta({
    description: "The `token` of the preview; required if it named affected appointments",
    example: TOKEN,
  }),
);

export const PreviewTokenQuery = once(() => z.strictObject({ previewToken: PreviewToken() }));

export const CreateException = once(() =>
  z
    .discriminatedUnion("kind", [
      absence().extend({ previewToken: PreviewToken() }),
      extra().extend({ previewToken: PreviewToken() }),
    ])
    .meta({ id: "CreateException" }),
);
export type CreateException = Infer<typeof CreateException>;

export const ExceptionPath = once(() => z.object({ id: Id(), exceptionId: Id() }));

export const ExceptionsQuery = once(() =>
  z.strictObject({
    from: ClinicDate().optional().meta({ description: "Only those that are not over by then; today when left out" }),
  }),
);

export const CreateSlot = once(() =>
  z
    .strictObject({
      doctorId: Id(),
      locationId: Id(),
      startsAt: Instant(),
      endsAt: Instant().meta({ example: "2026-12-03T10:30:00+00:00" }),
      previewToken: PreviewToken(),
    })
    .meta({ id: "CreateSlot" }),
);

export const ChangeSlot = once(() =>
  z
    .strictObject({
      status: z.enum(SLOT_STATUSES).optional(),
      startsAt: Instant()
        .optional()
        .meta({ description: "Moves the slot; it keeps its length unless endsAt is given" }),
      endsAt: Instant().optional(),
      previewToken: PreviewToken(),
    })
    .meta({ id: "ChangeSlot" }),
);
export type ChangeSlot = Infer<typeof ChangeSlot>;

/** The body of `PATCH`, or `remove` alone for `DELETE`. */
export const PreviewSlotChange = once(() =>
  z
    .union([z.strictObject({ remove: z.literal(true) }), ChangeSlot().omit({ previewToken: true })])
    .meta({ id: "PreviewSlotChange" }),
);
