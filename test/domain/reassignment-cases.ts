import * as fc from "fast-check";
import type { Given } from "./naive-reassignment.ts";
import { MINUTE, WEIGHTS, at } from "#test/support/displaced-clinic.ts";

export interface Size {
  displaced: number;
  candidates: number;
  /** How many patients the displaced appointments are of at most; most have but one unless it is given. */
  patients?: number;
}

const points = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 6 }).map((n) => n * 15),
  fc.nat(1000),
);

/** Policies: the ordinary one, ones with many ties, and any other. */
const weights = fc.oneof(
  fc.constant(WEIGHTS),
  fc.record({
    dayPoints: points,
    hourPoints: points,
    earlierPoints: points,
    doctorPoints: points,
    locationPoints: points,
  }),
);

/**
 * Clinics so small and crowded that limits, ties and lack of room are everywhere: 3 days, 2 specialties, 3 doctors, 2
 * locations, times on a raster of 15 minutes within an hour or two. Patients have up to three displaced appointments.
 */
export function crowdedClinic(size: Size): fc.Arbitrary<Given> {
  const day = fc.integer({ min: 100, max: 103 });
  const minute = fc.integer({ min: 0, max: 5 }).map((n) => 540 + n * 15);
  const length = fc.constantFrom(15, 15, 30, 45);
  const time = fc.tuple(day, minute, length).map(([day, minute, length]) => at(day, minute, length));
  const doctor = fc.nat(2).map((n) => ({ doctorId: `doctor ${n}`, specialty: n === 2 ? "rare" : "general" }));
  const locationId = fc.constantFrom("here", "here", "there");
  const displaced = fc
    .record({
      patient: fc.nat((size.patients ?? Math.ceil(size.displaced * 0.8) + 1) - 1),
      doctor,
      locationId,
      keepsLocation: fc.nat(9).map((n) => n === 0),
      time,
      busy: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        {
          weight: 1,
          arbitrary: fc.array(
            time.map(({ startsAt, endsAt }) => ({ startsAt, endsAt })),
            { maxLength: 2 },
          ),
        },
      ),
    })
    .map(({ patient, doctor, time, ...rest }) => ({ patientId: `patient ${patient}`, ...doctor, ...rest, ...time }));
  const candidate = fc
    .record({ doctor, locationId, time })
    .map(({ doctor, locationId, time }) => ({ ...doctor, locationId, ...time }));
  const limits = fc.record({
    now: fc.constantFrom(98, 99, 100).map((day) => at(day, 555, 0).startsAt + MINUTE),
    freezeHours: fc.constantFrom(0, 0, 24, 25),
    minNoticeMinutes: fc.constantFrom(0, 60, 1500),
    lastDay: fc.constantFrom(102, 150, 150),
    reassignDays: fc.constantFrom(1, 2, 14, 14),
  });
  return fc.record({
    displaced: fc
      .array(displaced, { maxLength: size.displaced, size: "max" })
      .map((list) => list.map((one, n) => ({ appointmentId: `appointment ${n}`, ...one }))),
    candidates: fc
      .array(candidate, { maxLength: size.candidates, size: "max" })
      .map((list) => list.map((one, n) => ({ slotId: `slot ${n}`, ...one }))),
    weights,
    limits,
  });
}
