import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { csvRecord } from "#lib/csv.ts";

/** Files of another system, and what is right about them. */
export interface ImportFiles {
  paths: string[];
  /** Rows by kind that must be accepted. */
  accepted: Record<"doctors" | "patients" | "appointments", number>;
  refused: number;
}

const DOCTORS = 20;
const DAY = 86_400_000;

/**
 * Writes doctors, patients and appointments of the past and to come into a folder; every 50th row of patients and
 * appointments is wrong, each in one of several ways. A source's ids begin with `prefix`.
 */
export function writeImportFiles(folder: string, prefix: string, patients: number, appointments: number): ImportFiles {
  const isBad = (n: number): boolean => n % 50 === 49;
  const doctors = Array.from({ length: DOCTORS }, (_, n) => ({
    id: `${prefix}-d${n}`,
    name: `Dr Import ${n}`,
    specialty: `Imported ${n % 4}`,
  }));
  const people = Array.from({ length: patients }, (_, n) => {
    const born = new Date(Date.UTC(1930, 0, 1) + n * 3 * DAY).toISOString().slice(0, 10);
    const good = {
      id: `${prefix}-p${n}`,
      name: `Person ${n}`,
      dateOfBirth: born,
      email: `p${n}@import.example`,
      phone: "",
    };
    const wrong = [
      { dateOfBirth: "2030-02-30" },
      { name: "" },
      { phone: "12" },
      { email: "no address" },
      { dateOfBirth: "2150-01-01" },
    ];
    return isBad(n) ? { ...good, ...wrong[Math.floor(n / 50) % wrong.length] } : good;
  });
  const rows = Array.from({ length: appointments }, (_, n) => {
    const [doctor, place] = [n % DOCTORS, Math.floor(n / DOCTORS)];
    // Thirty-two of a day at most, nine tenths of them in the past; 4 January 2016 was a Monday.
    const isPast = n < appointments * 0.9;
    const from = isPast ? Date.UTC(2016, 0, 4, 7) : Math.ceil(Date.now() / DAY) * DAY + 800 * DAY + 7 * 3_600_000;
    const at = new Date(from + Math.floor(place / 32) * DAY + (place % 32) * 900_000);
    // Only patients whose own row is right, another one for each doctor at a time.
    const person = (n * 7) % patients;
    const good = {
      id: `${prefix}-a${n}`,
      patient: `${prefix}-p${isBad(person) ? person - 1 : person}`,
      doctor: `${prefix}-d${doctor}`,
      location: "",
      startsAt: at.toISOString(),
      minutes: 15,
      status: isPast ? ["completed", "no-show", "completed"][n % 3] : "booked",
      reason: `Reason ${n}`,
    };
    const wrong = [
      { patient: `${prefix}-nobody` },
      { status: "perhaps" },
      { startsAt: "2019-13-01T09:00" },
      { doctor: "" },
      { minutes: 1441 },
    ];
    return isBad(n) ? { ...good, ...wrong[Math.floor(n / 50) % wrong.length] } : good;
  });
  const bad = (count: number): number => Math.floor(count / 50);
  return {
    paths: [
      write(folder, "doctors.jsonl", doctors),
      write(folder, "patients.csv", people),
      write(folder, "appointments.csv", rows),
    ],
    accepted: {
      doctors: DOCTORS,
      patients: patients - bad(patients),
      appointments: appointments - bad(appointments),
    },
    refused: bad(patients) + bad(appointments),
  };
}

function write(folder: string, name: string, rows: object[]): string {
  const path = join(folder, name);
  const lines = name.endsWith(".csv")
    ? [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row).map(String))].map(csvRecord)
    : rows.map((row) => `${JSON.stringify(row)}\n`);
  writeFileSync(path, lines.join(""));
  return path;
}
