import { type Act, type Outcome, call, runAs } from "../call.ts";
import type { Database } from "../client.ts";
import type { PersonRow } from "../queries/people.ts";

/** Why a login was not linked to a record. `phone` is the clinic's. */
export type LinkRefusal =
  /** A person at the clinic has this login already, switched off or in another role. */
  { code: "forbidden" } | { code: "no-patient-record" | "ambiguous-patient-record"; phone: string };

/** A login begins, unless the login is no person's here (`not-found`), or of one who may not: begin_session.sql. */
export function beginSession(db: Database, act: Act): Promise<Outcome<PersonRow, { code: "not-found" | "forbidden" }>> {
  return call(db, act, "begin_session");
}

/**
 * Records that the caller's role or record was refused an operation (`PATCH /api/v1/policy`): record_refusal.sql. False when
 * the login is no person's, or the last minutes had the same.
 */
export function recordRefusal(db: Database, act: Act, operation: string): Promise<boolean> {
  return runAs(db, act, "record_refusal", { operation });
}

/** A patient's first login is linked to their record by its verified address (null: it has none): link_login.sql. */
export function linkLogin(db: Database, act: Act, email: string | null): Promise<Outcome<PersonRow, LinkRefusal>> {
  return call(db, act, "link_login", { verified_email: email });
}

/** Logs a person out everywhere: end_sessions.sql. */
export function endSessions(db: Database, act: Act): Promise<Outcome<{ sessionVersion: number }>> {
  return call(db, act, "end_sessions");
}
