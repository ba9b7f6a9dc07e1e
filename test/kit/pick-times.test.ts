import { describe, expect, test } from "vitest";
import type { Doctor, Slot } from "#contract/answers/clinic.ts";
import { pickTimes } from "../../web/patient/times/arrange.ts";

const doctor = (id: string, specialty: string): Doctor => ({
  id,
  name: `Dr ${id}`,
  specialty,
  slotMinutes: 15,
  locationIds: ["quay"],
  active: true,
});
const slot = (id: string, doctorId: string, time = "09:00", locationId = "quay"): Slot => ({
  id,
  doctorId,
  locationId,
  startsAt: `2026-12-01T${time}:00+00:00`,
  endsAt: `2026-12-01T${time}:00+00:00`,
});
const DOCTORS = [doctor("byrne", "General practice"), doctor("khan", "General practice"), doctor("roe", "Dermatology")];
const idsOf = (slots: Slot[]) => slots.map(({ id }) => id).sort();

describe("the times of a day with any doctor", () => {
  test("Doctors of one specialty stand for one another: a start at a place is offered once", () => {
    expect(pickTimes([slot("a", "byrne"), slot("b", "khan")], DOCTORS)).toHaveLength(1);
  });

  test("A free general practitioner is not hidden behind a dermatologist at the same time and place", () => {
    expect(idsOf(pickTimes([slot("a", "byrne"), slot("c", "roe")], DOCTORS))).toEqual(["a", "c"]);
  });

  test("Two places at one time are two offers", () => {
    expect(idsOf(pickTimes([slot("a", "byrne"), slot("b", "khan", "09:00", "hill")], DOCTORS))).toEqual(["a", "b"]);
  });

  test("With one doctor chosen every time is offered, the earliest first", () => {
    const picked = pickTimes([slot("b", "byrne", "09:15"), slot("a", "byrne")], null);
    expect(picked.map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
