/**
 * What a patient can be told about one appointment: the fact itself, without names or health detail. This is the shape
 * kept in the outbox as `told`. Instants are epoch milliseconds, `timeZone` is the location's.
 */
export interface Fact {
  state: "booked" | "being-placed" | "cancelled";
  startsAt: number;
  endsAt: number;
  timeZone: string;
  locationId: string;
  doctorId: string;
}

/** QStash's deduplication id: one message for an appointment and a due second (`dueAt` epoch milliseconds). */
export function dedupeOf(appointmentId: string, dueAt: number): string {
  return `${appointmentId}-${Math.ceil(dueAt / 1000)}`;
}

/** The one message that states the net change, or `nothing`. `before` is what the patient believes until now. */
export type Notice =
  | { kind: "nothing" }
  | { kind: "booked"; now: Fact; before: null }
  | { kind: "moved"; now: Fact; before: Fact }
  | { kind: "being-placed"; now: Fact; before: Fact | null }
  | { kind: "cancelled"; now: Fact; before: Fact };

/**
 * Nets what is true now against what was last told (null: nothing yet). There and back again is nothing; booked and
 * cancelled before anybody was told is nothing; a new doctor at the same time and place is a move, for the patient
 * will be looking for another door.
 */
export function settle(told: Fact | null, now: Fact): Notice {
  const known = told && told.state !== "cancelled" ? told : null;
  if (now.state === "cancelled") return known ? { kind: "cancelled", now, before: known } : { kind: "nothing" };
  if (now.state === "being-placed") {
    return told?.state === "being-placed" ? { kind: "nothing" } : { kind: "being-placed", now, before: known };
  }
  if (!known) return { kind: "booked", now, before: null };
  const same =
    known.state === "booked" &&
    known.startsAt === now.startsAt &&
    known.endsAt === now.endsAt &&
    known.locationId === now.locationId &&
    known.doctorId === now.doctorId;
  return same ? { kind: "nothing" } : { kind: "moved", now, before: known };
}
