import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Cursor, Id, Limit, type Infer } from "#contract/common.ts";

export const AuditQuery = once(() =>
  z.strictObject({
    actor: Id().optional().meta({ description: "Who did it: a person's id" }),
    subject: Id()
      .optional()
      .meta({ description: "A patient's id: entries about the patient, and lists that showed the patient" }),
    action: z
      .string()
      .regex(/^[a-z][a-z.-]*$/, "Small letters, dots and hyphens only")
      .max(60)
      .optional()
      .meta({ description: "One action, or all of a kind with a dot at the end", example: "appointment." }),
    entityId: Id().optional().meta({ description: "What was changed or read, such as an appointment's id" }),
    from: ClinicDate().optional().meta({ description: "First date at the clinic" }),
    to: ClinicDate().optional().meta({ description: "Last date, included" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
export type AuditQuery = Infer<typeof AuditQuery>;
