import { type CallerRef, read, run } from "../call.ts";
import type { Database } from "../client.ts";

/** An appointment as an event of a calendar. Instants are epoch milliseconds. */
export interface EventRow {
  appointmentId: string;
  /** That of the last mail about it, or of the next one where the patient has still to be notified. */
  sequence: number;
  startsAt: number;
  endsAt: number;
  changedAt: number;
  /** It does not take place at that time: cancelled, or to be placed again. */
  off: boolean;
  /** `name` is null where the clinic has one location only. */
  place: { name: string | null; address: string };
}

/** One appointment as an event. `now`: the database's clock, epoch milliseconds. */
export interface FoundEvent {
  event: EventRow;
  clinicName: string;
  now: number;
}

/** The content of a calendar feed. */
export interface FeedRow {
  role: "patient" | "doctor";
  clinicName: string;
  events: EventRow[];
}

/** Since when the calendar address holds, epoch milliseconds; null when there is none. `zone` is the clinic's. */
export interface FeedState {
  since: number | null;
  zone: string;
}

/** One appointment that the caller may see, and that it was read: find_event.sql. */
export function findEvent(db: Database, caller: CallerRef, id: string, requestId: string) {
  return read<FoundEvent>(db, caller, "find_event", { appointment: id }, requestId);
}

/**
 * The content of the calendar feed with this secret: read_calendar_feed.sql. Null: no such feed, or its owner cannot log in
 * any more.
 * @param secretHash the SHA-256 of the secret in hexadecimal
 */
export function readFeed(db: Database, secretHash: string): Promise<FeedRow | null> {
  return run(db, "read_calendar_feed", { secret: secretHash });
}

/** The caller's own calendar address: find_calendar_feed.sql. */
export function findFeed(db: Database, caller: CallerRef) {
  return read<FeedState>(db, caller, "find_calendar_feed");
}
