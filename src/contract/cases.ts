import { z } from "zod";
import { Cursor, Id, Instant, Limit } from "./common.ts";

export const CASE_STATUSES = ["open", "placed", "cancelled"] as const;

export const PlacementCase = z
  .object({
    id: Id,
    status: z.enum(CASE_STATUSES),
    reason: z
      .enum(["schedule", "absence", "extra", "holiday", "slot-closed", "slot-moved", "slot-removed"])
      .meta({ description: "What the clinic changed" }),
    appointmentId: Id,
    reference: z.string(),
    patientId: Id,
    patientName: z.string(),
    doctorId: Id,
    locationId: Id,
    startsAt: Instant.meta({ description: "When the appointment was, while the case is open" }),
    endsAt: Instant,
    dueAt: Instant.meta({ description: "By when the patient should know their new time" }),
    createdAt: Instant,
    closedAt: Instant.nullable(),
  })
  .meta({ id: "PlacementCase" });
export type PlacementCase = z.infer<typeof PlacementCase>;

export const CasesQuery = z.strictObject({
  status: z.enum(CASE_STATUSES).optional().meta({ description: "All when left out" }),
  limit: Limit.optional(),
  cursor: Cursor.optional(),
});

export const PlacementCases = z
  .object({ items: z.array(PlacementCase), nextCursor: z.string().nullable() })
  .meta({ id: "PlacementCases" });
