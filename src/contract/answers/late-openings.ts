import * as z from "zod/v4";
import { APPOINTMENT_STATUSES } from "#domain/closed-lists.ts";
import { Slot } from "#contract/answers/clinic.ts";
import { NextCursor, PhoneE164, text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";

/** Why this patient could take the slot, best reason first. */
export const CANDIDATE_REASONS = ["to-place", "moved-by-clinic", "later-appointment"] as const;

export const LateOpeningCandidate = z
  .object({
    reason: z.enum(CANDIDATE_REASONS).meta({
      description:
        "`to-place`: waits for a time; `moved-by-clinic`: the clinic moved them to a later one; `later-appointment`: has one with this doctor that could move up",
    }),
    appointmentId: Id(),
    status: z.enum(APPOINTMENT_STATUSES),
    patientId: Id(),
    patientName: text("Niamh Ní Bhriain"),
    phone: text("+353 1 555 0123").nullable(),
    phoneE164: PhoneE164(),
    doctorId: Id().meta({
      description: "Whose appointment it is now; another doctor of the specialty for some to place",
    }),
    startsAt: Instant().meta({ description: "The present time, or the one that was lost for `to-place`" }),
    endsAt: Instant(),
    version: z.int().meta({ description: "The appointment's ETag number, to assign with" }),
    gainMinutes: z.int().nullable().meta({ description: "How much earlier they would be seen; null for `to-place`" }),
  })
  .meta({ id: "LateOpeningCandidate" });

export const LateOpening = z
  .object({
    slot: Slot,
    doctorName: text("Dr Byrne"),
    candidates: z.array(LateOpeningCandidate).meta({ description: "At most five, best first" }),
  })
  .meta({ id: "LateOpening" });
export type LateOpening = z.infer<typeof LateOpening>;

export const LateOpenings = z
  .object({ items: z.array(LateOpening), nextCursor: NextCursor })
  .meta({ id: "LateOpenings" });
