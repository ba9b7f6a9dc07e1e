import type { CandidateSlot, DisplacedAppointment, Limits, Weights } from "#domain/reassignment/model.ts";

export const WEIGHTS: Weights = {
  dayPoints: 60,
  hourPoints: 12,
  earlierPoints: 90,
  doctorPoints: 120,
  locationPoints: 180,
};

export const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;

/** Wall time and span of a start, in a zone without an offset. */
export function at(day: number, minute: number, length: number) {
  const startsAt = day * DAY + minute * MINUTE;
  return { day, minute, startsAt, endsAt: startsAt + length * MINUTE };
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface ClinicShape {
  displaced: number;
  /** Free slots for each displaced appointment, over all days that may be moved to. */
  freeEach?: number;
  specialties?: number;
  /** Share of appointments whose patient has another on that day. */
  again?: number;
  seed: number;
}

const HOLIDAY = 20_005;
const HOURS = { from: 8 * 60, to: 18 * 60 };

/**
 * A clinic in which a day is cancelled: Each doctor has 20 booked times on it, 15, 20 or 30 minutes long. Other working days
 * have a share of free times, which grows with the date. Specialties are of unequal size, every 25 doctors have a location.
 * One patient in 20 needs their location. One in 20 is busy at some time. One in 50 has another appointment on that day.
 */
export function displacedClinic({ displaced: count, freeEach = 10, specialties = 8, again = 0.02, seed }: ClinicShape) {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const limits: Limits = {
    now: (HOLIDAY - 3) * DAY + 12 * 60 * MINUTE,
    freezeHours: 24,
    minNoticeMinutes: 60,
    lastDay: HOLIDAY + 87,
    reassignDays: 14,
  };
  const doctors = Array.from({ length: Math.ceil(count / 20) }, (_, n) => ({
    doctorId: `doctor ${n}`,
    // The first specialty is the largest, as general practice is.
    specialty: `specialty ${Math.floor(specialties * random() ** 2)}`,
    locationId: `location ${Math.floor(n / 25)}`,
    length: [15, 15, 20, 30][below(4)] ?? 15,
  }));
  const startsOf = (length: number): number[] =>
    Array.from({ length: Math.floor((HOURS.to - HOURS.from) / length) }, (_, n) => HOURS.from + n * length);
  const some = <T>(list: T[], size: number): T[] => {
    for (let n = 0; n < Math.min(size, list.length); n++) {
      const other = n + below(list.length - n);
      [list[n], list[other]] = [list[other] as T, list[n] as T];
    }
    return list.slice(0, size);
  };

  const displaced: DisplacedAppointment[] = [];
  for (const { doctorId, specialty, locationId, length } of doctors) {
    for (const minute of some(startsOf(length), Math.min(20, count - displaced.length))) {
      const other = displaced.at(-below(displaced.length || 1) - 1);
      const time = at(HOLIDAY, minute, length);
      const isAgain = other && random() < again && (other.endsAt <= time.startsAt || time.endsAt <= other.startsAt);
      displaced.push({
        appointmentId: `appointment ${displaced.length}`,
        patientId: isAgain ? other.patientId : `patient ${displaced.length}`,
        doctorId,
        specialty,
        locationId,
        keepsLocation: random() < 0.05,
        busy: random() < 0.05 ? [at(HOLIDAY + 1 + below(5), HOURS.from + 15 * below(36), 30)] : [],
        ...time,
      });
    }
  }
  const days = Array.from({ length: 2 * limits.reassignDays + 1 }, (_, n) => HOLIDAY - limits.reassignDays + n).filter(
    (day) => day !== HOLIDAY && day > HOLIDAY - 2 && day % 7 < 5,
  );
  const wanted = (count * freeEach) / doctors.length / days.length;
  const candidates: CandidateSlot[] = [];
  for (const { doctorId, specialty, locationId, length } of doctors) {
    for (const [n, day] of days.entries()) {
      const free = Math.round(wanted * (0.5 + (n + random()) / days.length));
      for (const minute of some(startsOf(length), free)) {
        const slotId = `slot ${String(candidates.length).padStart(6, "0")}`;
        candidates.push({ slotId, doctorId, specialty, locationId, ...at(day, minute, length) });
      }
    }
  }
  return { displaced, candidates, weights: WEIGHTS, limits };
}
