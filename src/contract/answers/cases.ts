import * as z from "zod/v4";
import { Slot } from "#contract/answers/clinic.ts";
import { NextCursor, PhoneE164, Reference, text } from "#contract/answers/common.ts";
import { ClinicDate, Id, Instant } from "#contract/common.ts";
import { CASE_STATUSES } from "#domain/closed-lists.ts";

export const Claim = z
  .object({
    by: z.string().meta({ description: "Who works on it", example: "Sam Roe" }),
    mine: z.boolean(),
    expiresAt: Instant(),
    expiresInMs: z
      .int()
      .meta({ description: "To count down from when the answer came, whatever the device's clock says" }),
  })
  .meta({ id: "Claim" });

export const PlacementCase = z
  .object({
    id: Id(),
    status: z.enum(CASE_STATUSES),
    reason: z
      .enum(["schedule", "absence", "extra", "holiday", "slot-closed", "slot-moved", "slot-removed", "doctor-left"])
      .meta({ description: "What the clinic changed" }),
    causedBy: z.string().nullable().meta({ description: "Who changed it", example: "Sam Roe" }),
    operationId: Id().nullable().meta({ description: "The operation that displaced it" }),
    why: z
      .object({ code: z.enum(["patient-inactive", "frozen", "no-slot", "outbid"]), text: text("No free time fits.") })
      .nullable()
      .meta({ description: "Why it was not placed automatically; null while that is still being tried" }),
    appointmentId: Id(),
    reference: Reference,
    patientId: Id(),
    patientName: text("Niamh Ní Bhriain"),
    patientNumber: text("LC-10007"),
    patientActive: z
      .boolean()
      .meta({ description: "false: the record is switched off, and the appointment can be cancelled but not placed" }),
    dateOfBirth: ClinicDate(),
    phone: text("+353 1 555 0123").nullable(),
    phoneE164: PhoneE164(),
    email: text("niamh@example.org").nullable(),
    unreachable: z.boolean().meta({ description: "The patient has no phone number and no address that takes mail" }),
    doctorId: Id(),
    doctorName: text("Dr Byrne"),
    locationId: Id(),
    startsAt: Instant().meta({ description: "When the appointment was, while the case is open" }),
    endsAt: Instant(),
    dueAt: Instant().meta({ description: "By when the patient should know their new time" }),
    createdAt: Instant(),
    closedAt: Instant().nullable(),
    claim: Claim.nullable().meta({ description: "Null without a claim, or after it has expired" }),
    contactAfter: Instant().nullable().meta({ description: "When to call the patient again" }),
    contactNote: text("At work until five").nullable(),
    version: z.int().meta({ description: "The ETag's number; changes name it in If-Match", example: 3 }),
  })
  .meta({ id: "PlacementCase" });
export type PlacementCase = z.infer<typeof PlacementCase>;

export const PlacementCases = z
  .object({
    items: z.array(PlacementCase),
    counts: z.object({ open: z.int(), mine: z.int() }).meta({ description: "Of all cases, whatever was asked for" }),
    nextCursor: NextCursor,
  })
  .meta({ id: "PlacementCases" });

/** Warnings to staff about a time before they give it away. */
export const CANDIDATE_MARKS = ["offered", "late-opening", "within-freeze", "short-notice"] as const;

export const PlacementCandidate = z
  .object({
    slot: Slot,
    doctorName: text("Dr Byrne"),
    reasons: z.array(z.string()).meta({ example: ["same doctor", "1 day later", "same time of day"] }),
    marks: z.array(z.enum(CANDIDATE_MARKS)).meta({
      description:
        "`offered`: came free a moment ago and is kept for the queue; `late-opening`: came free within the freeze; `within-freeze`: the patient must be spoken to; `short-notice`: patients could not book it any more",
    }),
    points: z.number().meta({ description: "What it costs by the policy's weights; less is better", example: 72.5 }),
  })
  .meta({ id: "PlacementCandidate" });

export const PlacementCaseDetail = PlacementCase.extend({
  candidates: z.array(PlacementCandidate).meta({
    description: "The best free times right now, at most ten: those kept for the queue first, then by points",
  }),
}).meta({ id: "PlacementCaseDetail" });
export type PlacementCaseDetail = z.infer<typeof PlacementCaseDetail>;

export const PlacedCases = z
  .object({
    items: z
      .array(
        z.object({
          caseId: Id(),
          appointmentId: Id().nullable().meta({ description: "Null when there is no such case" }),
          slot: Slot.nullable().meta({ description: "Where it is now; null when it was not placed" }),
          doctorName: text("Dr Byrne").nullable(),
          reasons: z.array(text("1 day later")).meta({ description: "What is different for the patient" }),
          why: z
            .object({
              code: z.enum([
                "not-found",
                "patient-inactive",
                "closed",
                "claimed",
                "frozen",
                "no-slot",
                "outbid",
                "slot-taken",
              ]),
              text: text("No free time fits."),
            })
            .nullable()
            .meta({ description: "Why it was not placed" }),
        }),
      )
      .meta({ description: "In the order of `ids`" }),
    placed: z.int(),
  })
  .meta({ id: "PlacedCases" });
export type PlacedCases = z.infer<typeof PlacedCases>;
