import * as z from "zod/v4";
import { NextCursor, Reference, text } from "#contract/answers/common.ts";
import { MoveReasons } from "#contract/answers/schedule.ts";
import { Id, Instant } from "#contract/common.ts";
import { ITEM_STATES, OPERATION_PHASES } from "#domain/closed-lists.ts";
import { TOKEN } from "#contract/requests/schedule.ts";

export const OPERATION_KINDS = [
  "schedule",
  "exception-add",
  "exception-remove",
  "slot-add",
  "slot-change",
  "slot-remove",
  "holidays-add",
  "holiday-remove",
  "doctor-left",
] as const;

const count = (description: string) => z.int().meta({ description, example: 3 });

const DateOrNone = text("2026-12-03").nullable();

const counts = z
  .object({
    displaced: count("Appointments that the change met"),
    pending: count("Not decided yet"),
    moved: count("In another slot now"),
    toPlace: count("Left to a person: the placement queue"),
    cancelled: count("Cancelled in between"),
    kept: count("Left where they are, by an operation that takes another back"),
  })
  .meta({ description: "The last five add up to the first" });

export const Operation = z
  .object({
    id: Id(),
    kind: z.enum(OPERATION_KINDS),
    about: z
      .object({ doctorId: Id().nullable(), locationId: Id().nullable(), from: DateOrNone, to: DateOrNone })
      .meta({ description: "Whose calendar, where, and on which dates, both included; null: of all, or without end" }),
    by: z.object({ id: Id(), name: text("Sam Roe") }),
    at: Instant(),
    phase: z.enum(OPERATION_PHASES),
    finishedAt: Instant().nullable(),
    counts,
    etaSeconds: z.int().nullable().meta({ description: "By the pace so far; null when done or not known yet" }),
    undoOf: Id().nullable().meta({ description: "The operation that this one takes back" }),
    undoneBy: Id().nullable().meta({ description: "The operation that takes this one back" }),
    undoable: z.boolean().meta({ description: "It can be taken back; the preview says how much of it" }),
  })
  .meta({ id: "Operation" });
export type Operation = z.infer<typeof Operation>;

export const OperationDetail = Operation.extend({
  preview: z
    .object({ affected: z.int(), unchanged: z.int(), reassigned: z.int(), toPlace: z.int() })
    .nullable()
    .meta({ description: "What the preview of the change showed. For each appointment, see the items" }),
  proof: z.object({ placed: z.int(), points: z.number(), boundPoints: z.number() }).nullable().meta({
    description: "What the moves cost by the policy's weights, and below what no plan can be; equal: an optimum",
  }),
}).meta({ id: "OperationDetail" });
export type OperationDetail = z.infer<typeof OperationDetail>;

export const Operations = z.object({ items: z.array(Operation), nextCursor: NextCursor }).meta({ id: "Operations" });

const Place = z.object({ doctorId: Id(), locationId: Id(), startsAt: Instant(), endsAt: Instant() });

export const OperationItem = z
  .object({
    appointmentId: Id(),
    reference: Reference,
    patientId: Id(),
    patientName: text("Niamh Ní Bhriain"),
    from: Place,
    to: Place.extend({ slotId: Id() }).nullable().meta({ description: "Where it was put; null unless it was moved" }),
    state: z.enum(ITEM_STATES),
    why: z
      .object({
        text: text("same doctor, 1 day later"),
        code: text("no-slot", "Of a refusal to move, and of what is kept").nullable(),
        weighed: MoveReasons.nullable(),
      })
      .nullable()
      .meta({ description: "Why it was moved there, or why it was not; null while it is pending" }),
    previewed: z
      .object({ to: Place.nullable() })
      .nullable()
      .meta({ description: "What the preview had shown for it; `to` null: to be placed by a person" }),
    decidedAt: Instant().nullable(),
  })
  .meta({ id: "OperationItem" });
export type OperationItem = z.infer<typeof OperationItem>;

const Undone = z.object({
  appointmentId: Id(),
  reference: Reference,
  patientId: Id(),
  at: Place.meta({ description: "Where it is now; where it was last, if a person must place it" }),
});

export const UndoPreview = z
  .object({
    token: text(TOKEN, "The `previewToken` of the real call"),
    back: z
      .array(Undone.extend({ to: Place }))
      .meta({ description: "Those that stand as the operation left them and whose former time is free" }),
    kept: z
      .array(Undone.extend({ why: z.object({ code: text("taken"), text: text("The former time is taken.") }) }))
      .meta({ description: "Those that would stay where they are" }),
  })
  .meta({ id: "UndoPreview", description: "What taking the operation back would do; nothing has been done" });
export type UndoPreview = z.infer<typeof UndoPreview>;

export const OperationItems = z
  .object({ items: z.array(OperationItem), nextCursor: NextCursor })
  .meta({ id: "OperationItems" });
