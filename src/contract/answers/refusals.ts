import * as z from "zod/v4";
import { Slot } from "#contract/answers/clinic.ts";
import { Id, Instant } from "#contract/common.ts";
import { Hold } from "#contract/answers/holds.ts";
import { UndoPreview } from "#contract/answers/operations.ts";
import { FAULT_CODES } from "#domain/schedule/issue.ts";
import { PROBLEMS, PROBLEM_CODES, type ProblemCode } from "#contract/problem.ts";
import { Impact } from "#contract/answers/schedule.ts";

const phone = z.string().meta({ description: "The clinic's telephone number", example: "+353 1 555 0100" });
const resetsAt = Instant().meta({ description: "From when on there is one again" });
const alternatives = z.array(Slot).meta({ description: "The nearest free times, at most three" });
const appointmentId = Id().meta({ description: "The appointment that overlaps" });
const affected = z.int().meta({ description: "How many appointments would lose their slot", example: 2 });

const why = z
  .enum(FAULT_CODES)
  .meta({ description: "Of a change of the clinic calendar: what is wrong, for words in other languages" });

const errors = z
  .array(
    z.object({
      pointer: z.string().meta({
        description: "RFC 6901 JSON Pointer into the body, or below `/query`, `/path` or `/headers`",
        example: "/dateOfBirth",
      }),
      detail: z.string().meta({ example: "Must be a date, such as 2026-12-03" }),
      why: why.optional(),
    }),
  )
  .min(1);

/** The members of each problem beside those that all have; the meaning is in PROBLEMS. */
const MEMBERS = {
  "invalid-request": { errors },
  duplicate: { errors },
  "step-up-required": {
    minutes: z.int().meta({ description: "How long such a login is good for", example: 15 }),
  },
  "no-patient-record": { phone, emailVerified: z.boolean() },
  "ambiguous-patient-record": { phone, emailVerified: z.boolean() },
  "slot-taken": { alternatives },
  "hold-expired": {
    slotFree: z.boolean().meta({ description: "The slot can be held again" }),
    slotId: Id().optional(),
    alternatives: alternatives.optional(),
    heldInstead: Hold.optional().meta({ description: "The patient's later hold, which ended this one" }),
  },
  "hold-limit": {
    expiresInMs: z.int().optional().meta({ description: "Left of the hold, milliseconds", example: 90_000 }),
    resetsAt: resetsAt.optional(),
  },
  "overlaps-own-appointment": {
    appointmentId,
    otherAppointmentId: appointmentId.optional().meta({ description: "Of a merge: the other record's appointment" }),
  },
  frozen: { what: z.enum(["appointment", "slot"]), phone },
  "change-budget-spent": { per: z.enum(["appointment", "patient"]), resetsAt: resetsAt.nullable(), phone },
  "booking-limit": {
    what: z.enum(["appointments", "actions"]),
    limit: z.int().meta({ description: "The policy's number", example: 12 }),
    resetsAt: resetsAt.nullable(),
    phone,
  },
  "slot-unsuitable": { because: z.enum(["too-short", "other-specialty", "other-location"]) },
  "case-claimed": { claimedBy: z.string().meta({ example: "Sam Roe" }), until: Instant() },
  "wrong-state": {
    current: z.string().meta({ description: "The present state", example: "cancelled" }),
    possibleFrom: Instant().optional().meta({ description: "From when on it can be done" }),
    patientId: Id().optional().meta({ description: "Of a merge: the record that is in that state" }),
    appointments: z.int().optional().meta({ description: "Appointments to come that stand in the way", example: 4 }),
    affected: affected.optional(),
    why: why.optional(),
  },
  "version-conflict": {
    changedBy: z.string().meta({ description: "Who changed it; patients read `the clinic`", example: "Sam Roe" }),
    changedAt: Instant().optional(),
    patientId: Id().optional().meta({ description: "Of a merge: the record that has changed" }),
  },
  "preview-stale": {
    affected: affected.optional(),
    plan: z.union([Impact, UndoPreview]).meta({ description: "The preview of now, with a new `token`" }),
  },
  "precondition-required": {
    affected: affected.optional().meta({ description: "Given where the `token` of a preview is missing", example: 2 }),
  },
} satisfies Partial<Record<ProblemCode, z.ZodRawShape>>;

/** The whole problem of each code, as the document describes it: `SlotTaken` for `slot-taken`. */
export const REFUSALS = Object.fromEntries(
  PROBLEM_CODES.map((code) => {
    const { status, title, help } = PROBLEMS[code];
    const members = code in MEMBERS ? MEMBERS[code as keyof typeof MEMBERS] : {};
    const refusal = z.object({
      type: z.literal(`/problems/${code}`),
      title: z.string().meta({ example: title }),
      status: z.literal(status),
      code: z.literal(code),
      detail: z.string().optional().meta({ description: "What is special about this one", example: help }),
      requestId: z.uuid().meta({ description: "Quote it when you ask the clinic for help" }),
      ...members,
    });
    return [code, refusal.meta({ id: refusalName(code), description: help })];
  }),
) as unknown as Record<ProblemCode, z.ZodObject>;

function refusalName(code: ProblemCode): string {
  return code.replaceAll(/(^|-)(\w)/g, (_, _hyphen, letter: string) => letter.toUpperCase());
}
