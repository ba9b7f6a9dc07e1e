import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Cursor, Id, Instant, Limit, Override, Said } from "#contract/common.ts";
import { CancellationReason } from "#contract/requests/appointments.ts";
import { CASE_STATUSES } from "#domain/closed-lists.ts";

export const CasesQuery = once(() =>
  z.strictObject({
    status: z.enum(CASE_STATUSES).optional().meta({ description: "All when left out" }),
    mine: z.enum(["true", "false"]).optional().meta({ description: "`true`: only those that you have claimed" }),
    closedFrom: ClinicDate().optional().meta({ description: "Only cases closed on this date or later" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);

const agreed = once(() =>
  z
    .boolean()
    .optional()
    .meta({ description: "The patient has said yes already; otherwise they are asked to accept, as after any move" }),
);

export const PlaceCase = once(() =>
  z.strictObject({ slotId: Id(), agreed: agreed(), override: Override().optional() }).meta({ id: "PlaceCase" }),
);

export const AssignLateOpening = once(() =>
  z
    .strictObject({ appointmentId: Id(), agreed: agreed(), override: Override().optional() })
    .meta({ id: "AssignLateOpening" }),
);

/** Maximum number of cases at once: more than staff tick by hand. */
const MAX_CASES = 100;

export const PlaceCases = once(() =>
  z
    .strictObject({
      ids: z
        .array(Id())
        .min(1)
        .max(MAX_CASES)
        .refine((ids) => new Set(ids).size === ids.length, "Each case once")
        .meta({ description: "The cases to place, each once" }),
    })
    .meta({ id: "PlaceCases" }),
);

export const ContactLater = once(() =>
  z
    .strictObject({
      at: Instant().meta({
        description: "In the future, and no further ahead than times can be booked (`horizonDays`)",
        example: "2026-12-03T10:15:00+00:00",
      }),
      note: Said().optional().meta({ description: "For the clinic only" }),
    })
    .meta({ id: "ContactLater" }),
);

export const CancelCase = once(() => z.strictObject({ reason: CancellationReason() }).meta({ id: "CancelCase" }));
