import * as z from "zod/v4";
import { NextCursor, text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";
import { ROLES } from "#domain/closed-lists.ts";

export const AuditEntry = z
  .object({
    id: Id(),
    at: Instant(),
    actorId: Id().nullable().meta({ description: "null: the system itself" }),
    actorName: text("Sam Roe").nullable(),
    actorRole: z.enum(ROLES).nullable(),
    subjectId: Id().nullable().meta({ description: "The patient of the entry" }),
    subjectName: text("Niamh Ní Bhriain").nullable(),
    action: z.string().meta({ example: "appointment.confirm" }),
    entity: z.string().meta({ example: "appointment" }),
    entityId: Id(),
    before: z.unknown().meta({ description: "null where there was nothing before" }),
    after: z.unknown().meta({ description: "null where there is nothing after" }),
    reason: text("Agreed by phone", "Why staff set a rule aside").nullable(),
    requestId: text("0f8a4a8e-6f4b-4d7e-9a55-0d6d3f1d9a10"),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditTrail = z.object({ items: z.array(AuditEntry), nextCursor: NextCursor }).meta({ id: "AuditTrail" });
