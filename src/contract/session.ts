import * as z from "zod/v4";
import { Id, Instant, text } from "./common.ts";

export const ROLES = ["patient", "doctor", "staff"] as const;
export type Role = (typeof ROLES)[number];

export const Session = z
  .object({
    role: z.enum(ROLES),
    personId: Id,
    name: text("Niamh Ní Bhriain"),
    patientId: Id.optional().meta({ description: "Set for patients" }),
    doctorId: Id.optional().meta({ description: "Set for doctors" }),
    expiresAt: Instant.nullable().meta({
      description: "When the cookie's session ends if unused; null for a bearer caller without a session",
    }),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;

export const EndSessionQuery = z.strictObject({
  all: z.enum(["true", "false"]).optional().meta({ description: "true: log out on every device" }),
});

/** What the verified access token or the session says of the caller; the database decides what it is worth. */
export interface Caller {
  via: "bearer" | "session";
  subject: string;
  role: Role;
  /** The person's sessionVersion when the session began; null for bearer callers. */
  sessionVersion: number | null;
  /** The address that the token says the identity provider has verified; null without one, and in sessions. */
  verifiedEmail: string | null;
}
