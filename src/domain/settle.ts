/**
 * The state of one appointment as a patient is notified of it, without names or health detail. The outbox keeps this
 * shape as `lastNotified`. Instants are epoch milliseconds, `timeZone` is the location's. `moved-by-clinic`: the clinic
 * chose the slot, and the patient has not agreed to it yet.
 */
export interface Fact {
  state: "booked" | "moved-by-clinic" | "being-placed" | "cancelled";
  startsAt: number;
  endsAt: number;
  timeZone: string;
  locationId: string;
  doctorId: string;
}

/**
 * QStash's deduplication id: one message for an appointment and a due second. A callback that came too early, at `askedAt`,
 * gets another id, because the first one is used up. Epoch milliseconds.
 */
export function dedupeOf(appointmentId: string, dueAt: number, askedAt?: number): string {
  const id = `${appointmentId}-${Math.ceil(dueAt / 1000)}`;
  return askedAt === undefined ? id : `${id}-${Math.ceil(askedAt / 1000)}`;
}

/** The one message that states the net change, or `nothing`. `before` is what the patient believes before it. */
export type Notice =
  | { kind: "nothing" }
  | { kind: "booked"; now: Fact; before: null }
  | { kind: "moved"; now: Fact; before: Fact }
  /** `before` null: the clinic moved it before the first message, so the patient saw the old time only in the app. */
  | { kind: "moved-by-clinic"; now: Fact; before: Fact | null }
  | { kind: "being-placed"; now: Fact; before: Fact | null }
  | { kind: "cancelled"; now: Fact; before: Fact };

/**
 * The net change between the last notified state of an appointment (null: none) and its present state.
 * - A change that was undone is nothing. An appointment that was cancelled before any message is nothing.
 * - Agreeing to the clinic's move is nothing: the patient did it.
 * - A new doctor at the same time and place is a move: the patient will look for another door.
 * - An appointment that was being placed and keeps its time is sent as if it were new: the patient's calendar has removed it.
 *
 * `unsure`: a later message was given to SES, and it is not known whether it arrived. Then an undone change is something:
 * the patient may believe that message, so the true state is sent again.
 */
export function settle(lastNotified: Fact | null, now: Fact, unsure = false): Notice {
  const notice = net(lastNotified, now);
  return notice.kind === "nothing" && unsure ? restated(now) : notice;
}

/** States the present state to a patient who may believe another. */
function restated(now: Fact): Notice {
  switch (now.state) {
    case "cancelled":
      return { kind: "cancelled", now, before: now };
    case "being-placed":
    case "moved-by-clinic":
    case "booked":
      return { kind: now.state, now, before: null };
  }
}

function net(lastNotified: Fact | null, now: Fact): Notice {
  const known = lastNotified && lastNotified.state !== "cancelled" ? lastNotified : null;
  if (now.state === "cancelled") return known ? { kind: "cancelled", now, before: known } : { kind: "nothing" };
  if (now.state === "being-placed") {
    return lastNotified?.state === "being-placed" ? { kind: "nothing" } : { kind: "being-placed", now, before: known };
  }
  if (known && isSamePlace(known, now)) return known.state === "being-placed" ? restated(now) : { kind: "nothing" };
  if (now.state === "moved-by-clinic") return { kind: "moved-by-clinic", now, before: known };
  return known ? { kind: "moved", now, before: known } : { kind: "booked", now, before: null };
}

function isSamePlace(a: Fact, b: Fact): boolean {
  const same = (member: "startsAt" | "endsAt" | "locationId" | "doctorId"): boolean => a[member] === b[member];
  return same("startsAt") && same("endsAt") && same("locationId") && same("doctorId");
}
