import * as z from "zod/v4";
import { ClinicDate, Cursor, Id, Instant, Limit, NextCursor, text } from "./common.ts";

export const AuditQuery = z.strictObject({
  actor: Id.optional().meta({ description: "Who did it: a person's id" }),
  subject: Id.optional().meta({ description: "Whom it concerns: a patient's id; also lists in which they were shown" }),
  action: z
    .string()
    .regex(/^[a-z][a-z.-]*$/, "Small letters, dots and hyphens only")
    .max(60)
    .optional()
    .meta({ description: "One action, or all of a kind with a dot at the end", example: "appointment." }),
  entityId: Id.optional().meta({ description: "What was changed or read, such as an appointment's id" }),
  from: ClinicDate.optional().meta({ description: "First date at the clinic" }),
  to: ClinicDate.optional().meta({ description: "Last date, included" }),
  limit: Limit.optional(),
  cursor: Cursor.optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditEntry = z
  .object({
    id: Id,
    at: Instant,
    actorId: Id.nullable().meta({ description: "null: the system itself" }),
    actorName: text("Sam Roe").nullable(),
    actorRole: z.enum(["patient", "doctor", "staff"]).nullable(),
    subjectId: Id.nullable().meta({ description: "The patient whom it concerns" }),
    subjectName: text("Niamh Ní Bhriain").nullable(),
    action: z.string().meta({ example: "appointment.confirm" }),
    entity: z.string().meta({ example: "appointment" }),
    entityId: Id,
    before: z.unknown().meta({ description: "null where there was nothing before" }),
    after: z.unknown(),
    reason: text("Agreed by phone", "Why staff set a rule aside").nullable(),
    requestId: z.uuid(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditTrail = z.object({ items: z.array(AuditEntry), nextCursor: NextCursor }).meta({ id: "AuditTrail" });
