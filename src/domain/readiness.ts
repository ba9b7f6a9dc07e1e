import { offsetAt } from "./zone-offsets.ts";

/** The database's state as it is known. Instants in epoch milliseconds, offsets in milliseconds east of UTC. */
export interface Known {
  now: number;
  /** How many notifications are due and not sent. */
  due: number;
  overdueSince: number | null;
  unsealedSince: number | null;
  offsets: readonly { zone: string; at: number; offset: number }[];
}

/** How many months ahead the zone rules of Worker and database are compared: further than appointments are made. */
export const ZONE_MONTHS = 24;

/** Every minute a trigger sends due notifications and seals the audit trail. After this time without it, something is wrong. */
const LATE_SECONDS = 300;
/** Tokens and signatures are judged by the Worker's clock, with a tolerance of seconds. */
const SKEW_SECONDS = 5;

/** The Worker's clock is `now`. A late backlog, a skewed clock or different zone rules need a person; bookings still work. */
export function judgeReadiness(known: Known, now: number) {
  const secondsSince = (at: number | null): number => (at === null ? 0 : Math.max(0, wholeSeconds(known.now - at)));
  const overdueSeconds = secondsSince(known.overdueSince);
  const unsealedSeconds = secondsSince(known.unsealedSince);
  const skewSeconds = wholeSeconds(now - known.now);
  const different = known.offsets.filter(({ zone, at, offset }) => !agrees(zone, at, offset)).map(({ zone }) => zone);
  return {
    notifications: { due: known.due, overdueSeconds, late: overdueSeconds > LATE_SECONDS },
    audit: { unsealedSeconds, late: unsealedSeconds > LATE_SECONDS },
    clock: { skewSeconds, off: Math.abs(skewSeconds) > SKEW_SECONDS },
    zones: { different: [...new Set(different)] },
  };
}

/** Never minus zero, which JSON has no word for. */
const wholeSeconds = (ms: number): number => Math.trunc(ms / 1000) + 0;

/** A zone that this runtime does not know has no rules here at all. */
function agrees(zone: string, at: number, offset: number): boolean {
  try {
    return offsetAt(at, zone) === offset;
  } catch {
    return false;
  }
}
