import { addDays } from "#domain/clinic-time.ts";
import type { Session } from "#domain/schedule/model.ts";
import { dateIssues } from "#domain/schedule/session-rules.ts";

/**
 * Weekly sessions as the wire has them: `validTo` is the last date, included, as every `to`. Inside, and in the database,
 * it is the first date after, as every interval is half-open. So nothing that is stored changes its meaning.
 */
export function sessionOf(session: Session): Session {
  return { ...session, validTo: moved(session.validTo, -1) };
}

/** The session that a request's `session` means. A date that is none stays as it is, for the rules to refuse. */
export function sessionFrom(session: Session): Session {
  return { ...session, validTo: moved(session.validTo, 1) };
}

function moved(date: string | null | undefined, days: number): string | null {
  if (date === null || date === undefined) return null;
  return dateIssues(date, "").length > 0 ? date : addDays(date, days);
}

/** A schedule in the audit trail, as the wire has it; any other value as it is. */
export function auditedOf(kept: unknown): unknown {
  if (typeof kept !== "object" || kept === null || !("sessions" in kept) || !Array.isArray(kept.sessions)) return kept;
  return { ...kept, sessions: (kept.sessions as Session[]).map(sessionOf) };
}
