import { addDays } from "#domain/clinic-time.ts";
import { type Gender, newName } from "./names.ts";
import { random } from "./random.ts";

const PATIENTS = 200;

export interface SeedPatient {
  account: string;
  id: string;
  personId: string;
  number: string;
  name: string;
  gender: Gender;
  dateOfBirth: string;
  /** Whole years at the time of seeding. */
  age: number;
  email: string;
  phone: string;
}

/** The first few keep their names when the lists change: guides and tests have them. */
const FIRST: readonly { name: string; gender: Gender; age: number }[] = [
  { name: "Niamh Ní Bhriain", gender: "female", age: 34 },
  { name: "Liam O'Shea", gender: "male", age: 52 },
  { name: "Łukasz Wiśniewski", gender: "male", age: 29 },
  { name: "Saoirse Fitzgerald-Byrne", gender: "female", age: 7 },
];

/** Bands of age in years, and how many of a hundred patients of a town's clinic are in each. */
const AGES = [
  { from: 0, to: 5, share: 8 },
  { from: 5, to: 16, share: 12 },
  { from: 16, to: 40, share: 30 },
  { from: 40, to: 65, share: 29 },
  { from: 65, to: 80, share: 15 },
  { from: 80, to: 96, share: 6 },
];

/** 200 people who do not exist. @param today clinic date `YYYY-MM-DD` from which ages count */
export function makePatients(today: string, newId: () => string): SeedPatient[] {
  const dice = random(200);
  const taken = new Set(FIRST.map(({ name }) => name));
  return Array.from({ length: PATIENTS }, (_, index) => {
    const band = AGES[dice.weighted(AGES.map(({ share }) => share))] ?? AGES[0]!;
    const drawn = band.from + dice.below(band.to - band.from);
    const known = FIRST[index];
    const gender = known?.gender ?? (dice.next() < 0.54 ? "female" : "male");
    const age = known?.age ?? drawn;
    return {
      account: `patient${index + 1}`,
      id: newId(),
      personId: newId(),
      number: `LC-${10_000 + index * 7}`,
      name: known?.name ?? newName(dice, gender, taken),
      gender,
      age,
      // A year has 365.2425 days; at least one day more than the years, so that no patient is born tomorrow.
      dateOfBirth: addDays(today, -Math.ceil(age * 365.2425) - 1 - dice.below(360)),
      email: `patient${index + 1}@patients.example`,
      // 020 91 is the range that Ireland's regulator keeps free for fiction.
      phone: `+353 20 91${dice.below(10)} ${String(1000 + index * 37).padStart(4, "0")}`,
    };
  });
}
