import * as z from "zod/v4";
import { text } from "#contract/answers/common.ts";
import { ROLES } from "#domain/closed-lists.ts";
import { Id, Instant } from "#contract/common.ts";

export const Session = z
  .object({
    role: z.enum(ROLES),
    personId: Id(),
    name: text("Niamh Ní Bhriain"),
    patientId: Id().optional().meta({ description: "Set for patients" }),
    doctorId: Id().optional().meta({ description: "Set for doctors" }),
    administrator: z.boolean().optional().meta({ description: "Set for staff: may change accounts, policy and keys" }),
    expiresAt: Instant().nullable().meta({
      description: "When the cookie's session ends if unused; null for a bearer caller without a session",
    }),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;
