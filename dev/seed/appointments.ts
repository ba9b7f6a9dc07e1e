import type { appointments } from "#db/schema/appointments.ts";
import { addDays } from "#domain/clinic-time.ts";
import { DOCTORS } from "./doctors.ts";
import type { SeedPatient } from "./patients.ts";
import { random } from "./random.ts";

const DAY = 86_400_000;
/** Patients after this one are new: they have no appointments, nor has patient2. */
const LAST_WITH_APPOINTMENTS = 150;
/** patient1's appointment is on the first day of their doctor's after this many. */
const FIRST_AHEAD_DAYS = 10;
/** Maximum number of days that patients of the seed book ahead. */
const BOOKED_AHEAD_DAYS = 42;

export interface OpenSlot {
  id: string;
  doctorId: string;
  /** Counted from 0. */
  doctor: number;
  locationId: string;
  /** Epoch milliseconds. */
  startsAt: number;
  endsAt: number;
  date: string;
}

type SeedStatus = "booked" | "cancelled" | "arrived" | "completed" | "no-show";

/** A complete row of an appointment. */
export type SeedAppointment = Required<
  Pick<typeof appointments.$inferInsert, "patientId" | "doctorId" | "locationId" | "slotId" | "reason" | "changesUsed">
> & { id: string; status: SeedStatus; startsAt: Date; endsAt: Date; createdAt: Date; updatedAt: Date };

/** How many appointments of a hundred patients have 0, 1, 2 ... of them. */
const VISITS = [6, 15, 24, 22, 18, 10, 5];

const REASONS: Record<string, readonly string[]> = {
  "General practice": ["Sore throat since Monday", "Blood pressure check", "Repeat prescription", "Back pain", "Cough"],
  Paediatrics: ["Vaccination", "Ear ache at night", "Two-year check", "Cough that won't go away"],
  Dermatology: ["Mole check", "Eczema is back", "Rash on both arms"],
  Cardiology: ["Follow-up after the ECG", "Palpitations", "24-hour blood pressure"],
  "Women's health": ["Smear test", "Follow-up", "First visit"],
};

/** Whether the seed may give visits to a patient, counted from 1. */
export function mayHaveVisits(patient: number): boolean {
  return patient !== 2 && patient <= LAST_WITH_APPOINTMENTS;
}

/**
 * Some hundred appointments in open slots. None overlaps another of its doctor or patient. The account `patient1` has
 * exactly one ahead, some ten days away. They are drawn from whole days: the hour decides only how far today's visits have
 * come.
 * @param slots open ones, ascending by start; @param now epoch milliseconds
 */
export function makeAppointments(
  patients: readonly SeedPatient[],
  slots: readonly OpenSlot[],
  options: { now: number; today: string; newId: () => string },
): SeedAppointment[] {
  const { now, today, newId } = options;
  const dice = random(400);
  const rows: SeedAppointment[] = [];
  const taken = new Set<string>();
  const pools = DOCTORS.map((_, doctor) => {
    const own = slots.filter((slot) => slot.doctor === doctor);
    const latest = addDays(today, BOOKED_AHEAD_DAYS);
    return {
      past: own.filter((slot) => slot.date < today),
      ahead: own.filter((slot) => slot.date >= today && slot.date < latest),
    };
  });

  for (const [index, patient] of patients.entries()) {
    if (!mayHaveVisits(index + 1)) continue;
    const days = new Set<string>();
    const add = (slot: OpenSlot | undefined, ahead: boolean, sure: boolean): void => {
      // At most one visit a day, so that a patient's appointments do not overlap.
      if (!slot || taken.has(slot.id) || days.has(slot.date)) return;
      const row = book(patient, slot, ahead, sure);
      days.add(slot.date);
      if (row.slotId !== null) taken.add(slot.id);
      rows.push(row);
    };
    if (index === 0) {
      add(
        pools[0]?.ahead.find((slot) => slot.date > addDays(today, FIRST_AHEAD_DAYS)),
        true,
        true,
      );
      add(pools[0]?.past[Math.floor(pools[0].past.length / 2)], false, true);
      continue;
    }
    const visits = dice.weighted(VISITS);
    for (let visit = 0; visit < visits; visit++) {
      const pool = pools[doctorFor(patient, index)];
      const ahead = dice.next() < 0.7;
      if (!pool) continue;
      // The square makes the next days fuller than the far ones.
      const slot = ahead
        ? pool.ahead[Math.floor(pool.ahead.length * dice.next() ** 2)]
        : pool.past[dice.below(pool.past.length)];
      add(slot, ahead, false);
    }
  }
  return rows;

  function book(patient: SeedPatient, slot: OpenSlot, ahead: boolean, sure: boolean): SeedAppointment {
    const draw = sure ? 1 : dice.next();
    const status = statusOf(slot, draw);
    const earlier = (0.2 + dice.next() * 14) * DAY;
    const latest = Math.min(now, slot.startsAt);
    const createdAt = Math.floor(latest - earlier);
    const changedAt = {
      booked: createdAt,
      cancelled: Math.floor((createdAt + latest) / 2),
      arrived: slot.startsAt,
      completed: slot.endsAt,
      "no-show": slot.endsAt,
    };
    const reasons = REASONS[DOCTORS[slot.doctor]?.specialty ?? ""] ?? [];
    return {
      id: newId(),
      patientId: patient.id,
      doctorId: slot.doctorId,
      locationId: slot.locationId,
      slotId: status === "cancelled" ? null : slot.id,
      startsAt: new Date(slot.startsAt),
      endsAt: new Date(slot.endsAt),
      status,
      reason: dice.next() < 0.4 ? null : dice.pick(reasons),
      changesUsed: ahead && dice.next() < 0.12 ? 1 : 0,
      createdAt: new Date(createdAt),
      updatedAt: new Date(changedAt[status]),
    };
  }

  function statusOf(slot: OpenSlot, draw: number): SeedStatus {
    if (draw < 0.05) return "cancelled";
    if (slot.startsAt > now) return "booked";
    if (slot.endsAt > now) return "arrived";
    return draw < 0.11 ? "no-show" : "completed";
  }

  /** Children go to the paediatricians or the family's own practice; each person always goes to one practice. */
  function doctorFor(patient: SeedPatient, index: number): number {
    const practice = index % 4;
    if (patient.age < 16) return dice.next() < 0.75 ? 4 + (index % 2) : practice;
    const draw = dice.next();
    if (draw < 0.5) return practice;
    if (draw < 0.68) return 6 + dice.below(2);
    if (draw < 0.84 || patient.gender === "male") return 8 + dice.below(2);
    return 10 + dice.below(2);
  }
}
