import type { ROLES } from "#domain/closed-lists.ts";

export type Role = (typeof ROLES)[number];

/** The caller as the verified access token or the session names them. The database decides whether it is still valid. */
export interface Caller {
  via: "bearer" | "session";
  subject: string;
  role: Role;
  /** The person's sessionVersion when the session began; null for bearer callers. */
  sessionVersion: number | null;
  /** The token's `iat`, seconds since 1970; null in sessions. */
  tokenIssuedAt: number | null;
  /** When the login proved a second factor, epoch milliseconds; null when it did not. */
  secondFactorAt: number | null;
  /** The address that the token says the identity provider has verified; null without one, and in sessions. */
  verifiedEmail: string | null;
}
