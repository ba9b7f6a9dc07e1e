import * as fc from "fast-check";
import { SEED } from "#test/support/seed.ts";
import type { NaiveInput } from "./naive-schedule.ts";
import { naiveDate, naiveWeekday } from "./naive-schedule.ts";
import { daysOfChange, END_DAY, FIRST_DAY, ZONES } from "./zones.ts";
import type { Absence, ExtraSession, Session } from "#domain/schedule/model.ts";

/** Number of generated cases: `HOLDFAST_CASES`, or a share that suits every run of the tests. */
export function caseCount(everyday: number): number {
  return Number(process.env["HOLDFAST_CASES"] ?? everyday);
}

export function report(what: string, counts: Record<string, number>): void {
  const text = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(`${what}: seed ${SEED}, ${text.join(", ")}`);
}

/** Reading clocks takes time. So an everyday run looks at every 37th ordinary day, from a first day chosen by the seed. */
const ordinaryDays: number[] = [];
const stride = caseCount(0) > 50_000 ? 1 : 37;
for (let day = FIRST_DAY + (SEED % stride); day < END_DAY; day += stride) ordinaryDays.push(day);

const changes = new Map(ZONES.map((zone) => [zone as string, daysOfChange(zone)]));

/** A zone and a day in 2025 to 2035. Four in five are around a clock change, where the zone has any. */
const placeAndDay = fc.constantFrom<string>(...ZONES).chain((zone) => {
  const days = changes.get(zone)!;
  const anywhen = fc.constantFrom(...ordinaryDays);
  if (days.length === 0) return fc.record({ zone: fc.constant(zone), day: anywhen });
  const around = fc.tuple(fc.constantFrom(...days), fc.integer({ min: -1, max: 1 })).map(([day, off]) => day + off);
  return fc.record({
    zone: fc.constant(zone),
    day: fc.oneof({ weight: 4, arbitrary: around }, { weight: 1, arbitrary: anywhen }),
  });
});

function time(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

export const slotLength = fc.integer({ min: 5, max: 120 });

/** Where clocks change (midnight to 04:00, 22:00 on) more often than elsewhere, mostly on round minutes. */
const startMinute = fc.oneof(
  fc.integer({ min: 0, max: 48 }).map((n) => n * 5),
  fc.integer({ min: 22 * 12, max: 24 * 12 - 1 }).map((n) => n * 5),
  fc.integer({ min: 0, max: 1439 }),
);

/** Wall hours of a number of slots of `length`, at most a day. The end of a day is 24:00 or 00:00. */
export function hours(length: number): fc.Arbitrary<{ from: string; to: string }> {
  return fc
    .record({ start: startMinute, slots: fc.integer({ min: 1, max: 40 }), ragged: fc.nat(30), midnight: fc.boolean() })
    .map(({ start, slots, ragged, midnight }) => {
      // Now and then the length is no multiple, as after a change of the policy's slot length.
      const most = Math.min(1439, slots * length + (ragged < 5 ? ragged : 0));
      const end = start + most;
      return { from: time(start), to: end === 1440 && midnight ? "24:00" : time(end % 1440) };
    });
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

function session(firstDay: number, locations: string[]): fc.Arbitrary<Session> {
  return slotLength
    .chain((length) =>
      fc.record({
        weekday: fc.integer({ min: -1, max: 4 }).map((off) => naiveWeekday(naiveDate(firstDay + off))),
        times: hours(length),
        slotMinutes: fc.oneof(
          { weight: 4, arbitrary: fc.constant(length) },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        validFrom: fc.integer({ min: -20, max: 2 }).map((off) => naiveDate(firstDay + off)),
        validTo: maybe(fc.integer({ min: 0, max: 6 }).map((off) => naiveDate(firstDay + off))),
        locationId: fc.constantFrom(...locations),
      }),
    )
    .map(({ times, ...rest }) => ({ ...rest, ...times }));
}

function extra(firstDay: number, locations: string[]): fc.Arbitrary<ExtraSession> {
  return slotLength
    .chain((length) =>
      fc.record({
        kind: fc.constant("extra" as const),
        date: fc.integer({ min: -1, max: 4 }).map((off) => naiveDate(firstDay + off)),
        times: hours(length),
        slotMinutes: maybe(fc.constant(length)),
        locationId: fc.constantFrom(...locations),
      }),
    )
    .map(({ times, ...rest }) => ({ ...rest, ...times }));
}

function absence(firstDay: number, locations: string[]): fc.Arbitrary<Absence> {
  return fc
    .record({
      start: fc.integer({ min: -3, max: 4 }),
      days: fc.integer({ min: 1, max: 5 }),
      hours: maybe(slotLength.chain(hours)),
      locationId: maybe(fc.constantFrom(...locations)),
    })
    .map(({ start, days, hours, locationId }) => ({
      kind: "absence" as const,
      fromDate: naiveDate(firstDay + start),
      toDate: naiveDate(firstDay + start + days - 1),
      locationId,
      ...hours,
    }));
}

/** A whole schedule: one or two locations, sessions, exceptions and holidays, and one to four days to expand. */
export const scheduleCase: fc.Arbitrary<NaiveInput> = fc
  .record({
    place: placeAndDay,
    second: fc.option(fc.constantFrom<string>(...ZONES), { nil: null, freq: 1 }),
    days: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ place, second, days }) => {
    const ids = second === null ? ["main"] : ["main", "branch"];
    const day = place.day;
    const holidays = fc
      .array(
        fc.integer({ min: -1, max: 4 }).map((off) => naiveDate(day + off)),
        { maxLength: 2 },
      )
      .map((dates) => new Set(dates));
    return fc
      .record({
        sessions: fc.array(session(day, ids), { minLength: 1, maxLength: 4 }),
        absences: fc.array(absence(day, ids), { maxLength: 2 }),
        extras: fc.array(extra(day, ids), { maxLength: 1 }),
        mainHolidays: holidays,
        branchHolidays: holidays,
        doctorSlotMinutes: maybe(slotLength),
        policySlotMinutes: slotLength,
      })
      .map(({ absences, extras, mainHolidays, branchHolidays, ...rest }) => ({
        ...rest,
        exceptions: [...absences, ...extras],
        locations: new Map(
          ids.map((id) =>
            id === "main"
              ? [id, { zone: place.zone, holidays: mainHolidays }]
              : [id, { zone: second!, holidays: branchHolidays }],
          ),
        ),
        from: naiveDate(day),
        to: naiveDate(day + days),
      }));
  });

export { naiveDate };
