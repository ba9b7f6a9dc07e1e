import * as z from "zod/v4";
import { NextCursor, Reference, text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";
import { DELIVERY_STATES, MESSAGE_KINDS, TASK_KINDS, TASK_STATUSES } from "#domain/closed-lists.ts";

export const Task = z
  .object({
    id: Id(),
    kind: z.enum(TASK_KINDS).meta({
      description:
        "Mail came back, or its reader complained (nothing more goes to that address until it is resumed); mail was " +
        "refused; there is no address; the patient's record is switched off, so that no mail is written and a person decides " +
        "who must know; or a job of the system's failed for good",
    }),
    status: z.enum(TASK_STATUSES),
    patientId: Id().nullable(),
    patientName: text("Niamh Ní Bhriain").nullable(),
    appointmentId: Id().nullable(),
    reference: Reference.nullable(),
    detail: z
      .record(z.string(), z.unknown())
      .meta({ description: "Ids and codes: the delivery and why it failed, or the job and its dead letters" }),
    createdAt: Instant(),
    doneAt: Instant().nullable(),
    doneBy: text("Sam Roe").nullable(),
    version: z.int().meta({ description: 'For `If-Match`, as `"<version>"`' }),
  })
  .meta({ id: "Task" });
export type Task = z.infer<typeof Task>;

export const Tasks = z.object({ items: z.array(Task), nextCursor: NextCursor }).meta({ id: "Tasks" });

export const Delivery = z
  .object({
    id: Id(),
    patientId: Id(),
    kind: z.enum(MESSAGE_KINDS),
    state: z.enum(DELIVERY_STATES).meta({
      description:
        "`sending`: begun, result unknown; `sent`: accepted by the mail service; then whether it was delivered, bounced, or was complained about",
    }),
    why: text("bounce-permanent", "A code for why it failed or came back").nullable(),
    startedAt: Instant(),
    finishedAt: Instant().nullable(),
    feedbackAt: Instant().nullable().meta({ description: "When the mail service last said what became of it" }),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.infer<typeof Delivery>;

export const Deliveries = z.object({ items: z.array(Delivery) }).meta({ id: "Deliveries" });
