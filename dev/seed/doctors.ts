import type { LocationKey } from "./clinic.ts";

interface WeeklyHours {
  /** ISO weekdays. */
  days: readonly number[];
  at: LocationKey;
  /** Sessions as `HH:MM-HH:MM`, with what lies between them off. */
  hours: readonly string[];
  slotMinutes?: number;
  /** Weeks from the week of the seed: the first with these hours, and the first without them. */
  fromWeek?: number;
  untilWeek?: number;
}

export interface SeedDoctor {
  name: string;
  specialty: "General practice" | "Paediatrics" | "Dermatology" | "Cardiology" | "Women's health";
  /** Own slot length; the policy's when null. */
  slotMinutes: number | null;
  week: readonly WeeklyHours[];
}

const [MON, TUE, WED, THU, FRI, SAT] = [1, 2, 3, 4, 5, 6] as const;

/** doctor1 to doctor12. Every session is a whole number of slots. */
export const DOCTORS: readonly SeedDoctor[] = [
  {
    name: "Dr Aoife Byrne",
    specialty: "General practice",
    slotMinutes: null,
    week: [{ days: [MON, TUE, WED, THU, FRI], at: "quay", hours: ["09:00-12:30", "13:30-17:00"] }],
  },
  {
    name: "Dr Cormac O'Sullivan",
    specialty: "General practice",
    slotMinutes: null,
    week: [
      { days: [MON, WED, FRI], at: "rathmines", hours: ["08:00-12:00", "13:00-16:00"] },
      { days: [TUE, THU], at: "rathmines", hours: ["12:00-15:00", "16:00-20:00"] },
    ],
  },
  {
    name: "Dr Bláthnaid Ní Dhomhnaill",
    specialty: "General practice",
    slotMinutes: 10,
    week: [
      { days: [MON, TUE, WED, THU], at: "harbour", hours: ["09:00-11:00", "11:20-13:00", "14:00-17:20"] },
      { days: [FRI], at: "harbour", hours: ["09:00-13:00"] },
    ],
  },
  {
    name: "Dr Kwame Mensah",
    specialty: "General practice",
    slotMinutes: null,
    week: [
      { days: [MON, TUE], at: "quay", hours: ["10:00-13:00", "14:00-18:30"] },
      { days: [THU, FRI], at: "rathmines", hours: ["09:30-13:00", "14:00-17:30"] },
      { days: [SAT], at: "quay", hours: ["10:00-13:00"] },
    ],
  },
  {
    name: "Dr Ruth Abrahamson",
    specialty: "Paediatrics",
    slotMinutes: 20,
    week: [
      { days: [MON, TUE, THU], at: "rathmines", hours: ["09:00-12:00", "13:00-16:00"] },
      // The vaccination hour takes half the time.
      { days: [WED], at: "rathmines", hours: ["14:00-16:30"], slotMinutes: 10 },
    ],
  },
  {
    name: "Dr Eoghan Tierney",
    specialty: "Paediatrics",
    slotMinutes: null,
    week: [
      // Changes places with the season: the template has an end and a successor.
      { days: [TUE, WED, THU, FRI], at: "quay", hours: ["09:00-12:00", "13:00-16:30"], untilWeek: 7 },
      { days: [MON, TUE, WED, THU], at: "harbour", hours: ["08:30-12:00", "13:00-16:00"], fromWeek: 7 },
    ],
  },
  {
    name: "Dr Ingrid Sørensen",
    specialty: "Dermatology",
    slotMinutes: null,
    week: [
      { days: [MON, WED], at: "quay", hours: ["08:30-12:30", "13:30-17:30"] },
      { days: [TUE, THU], at: "harbour", hours: ["09:00-13:00", "14:00-17:00"] },
    ],
  },
  {
    name: "Dr Pádraig Mac Giolla Bhríde",
    specialty: "Dermatology",
    slotMinutes: 10,
    week: [{ days: [TUE, FRI], at: "quay", hours: ["09:00-12:00", "12:40-15:00"] }],
  },
  {
    name: "Dr Meera Venkataraman",
    specialty: "Cardiology",
    slotMinutes: 30,
    week: [
      { days: [MON, TUE, WED, THU], at: "quay", hours: ["09:00-12:30", "13:30-16:30"] },
      { days: [FRI], at: "rathmines", hours: ["09:00-12:00"] },
    ],
  },
  {
    name: "Dr François Delacroix-Nolan",
    specialty: "Cardiology",
    slotMinutes: null,
    week: [
      { days: [WED, THU, FRI], at: "harbour", hours: ["09:00-12:30", "13:30-17:00"] },
      { days: [MON], at: "quay", hours: ["14:00-19:00"] },
    ],
  },
  {
    name: "Dr Gráinne Keogh",
    specialty: "Women's health",
    slotMinutes: 20,
    week: [
      { days: [MON, TUE, WED, FRI], at: "rathmines", hours: ["09:00-12:00", "13:00-17:00"] },
      { days: [THU], at: "rathmines", hours: ["15:00-20:00"] },
    ],
  },
  {
    name: "Dr Hanna Wójcik-Daly",
    specialty: "Women's health",
    slotMinutes: null,
    week: [
      { days: [MON, THU], at: "harbour", hours: ["09:00-12:30", "13:30-16:30"] },
      { days: [WED], at: "quay", hours: ["10:00-13:00", "14:00-18:00"] },
    ],
  },
];
