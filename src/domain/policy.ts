import { MAIL_LANGUAGES } from "./message/catalogue.ts";

/** A whole number within bounds, both included. */
interface NumberRule {
  kind: "number";
  min: number;
  max: number;
  default: number;
  unit: PolicyUnit;
  description: string;
}

/** A list of different whole numbers, each within bounds. */
interface NumbersRule {
  kind: "numbers";
  min: number;
  max: number;
  maxItems: number;
  default: readonly number[];
  unit: PolicyUnit;
  description: string;
}

/** One of a few words. */
interface ChoiceRule {
  kind: "choice";
  options: readonly [string, ...string[]];
  default: string;
  unit: null;
  description: string;
}

/** At least one of a few words, each once; the first has priority. */
interface ChoicesRule {
  kind: "choices";
  options: readonly string[];
  default: readonly [string, ...string[]];
  unit: null;
  description: string;
}

/** On or off. */
interface SwitchRule {
  kind: "switch";
  default: boolean;
  unit: null;
  description: string;
}

export type PolicyUnit = "minutes" | "seconds" | "hours" | "days" | "count" | "points";
export type PolicyRule = NumberRule | NumbersRule | ChoiceRule | ChoicesRule | SwitchRule;

/**
 * The clinic's settings, each with its bounds, default, unit and meaning. The API's schema, the database's constraints and
 * the settings page all follow from this list.
 */
export const POLICY = {
  slotMinutes: {
    kind: "number",
    min: 5,
    max: 120,
    default: 15,
    unit: "minutes",
    description: "Length of a slot, where neither the session nor the doctor has one of their own",
  },
  freezeHours: {
    kind: "number",
    min: 0,
    max: 336,
    default: 24,
    unit: "hours",
    description: "Patients can no longer change an appointment within so many hours of its start",
  },
  holdSeconds: {
    kind: "number",
    min: 1,
    max: 1800,
    default: 300,
    unit: "seconds",
    description: "How long a time stays held while the patient decides; holds already running keep theirs",
  },
  holdExtensions: {
    kind: "number",
    min: 0,
    max: 100,
    default: 10,
    unit: "count",
    description: "How often a hold can be given its full length again",
  },
  holdsPerPatient: {
    kind: "number",
    min: 1,
    max: 5,
    default: 1,
    unit: "count",
    description: "How many times one patient can hold at once; one more lets the oldest go",
  },
  holdMinutesPerDay: {
    kind: "number",
    min: 5,
    max: 14_400,
    default: 600,
    unit: "minutes",
    description: "Holding time one patient can use up at once; it comes back evenly within a day",
  },
  changeBudget: {
    kind: "number",
    min: 0,
    max: 100,
    default: 3,
    unit: "count",
    description: "How often patients can move one appointment themselves",
  },
  patientChangeBudget: {
    kind: "number",
    min: 0,
    max: 1000,
    default: 10,
    unit: "count",
    description: "How many changes one patient can make of all their appointments within changeWindowDays",
  },
  changeWindowDays: {
    kind: "number",
    min: 1,
    max: 366,
    default: 30,
    unit: "days",
    description: "How far back a patient's changes count",
  },
  quietSeconds: {
    kind: "number",
    min: 0,
    max: 3600,
    default: 60,
    unit: "seconds",
    description: "Patients are notified once nothing has changed for so long",
  },
  maxDelaySeconds: {
    kind: "number",
    min: 0,
    max: 86_400,
    default: 600,
    unit: "seconds",
    description: "Patients are notified after so long even if changes go on; not less than quietSeconds",
  },
  horizonDays: {
    kind: "number",
    min: 1,
    max: 366,
    default: 90,
    unit: "days",
    description: "How far ahead times can be booked, counted from today",
  },
  reminderHours: {
    kind: "numbers",
    min: 1,
    max: 336,
    maxItems: 5,
    default: [24],
    unit: "hours",
    description: "Patients are reminded so long before the start; none, one or several",
  },
  sessionMinutes: {
    kind: "number",
    min: 1,
    max: 1440,
    default: 30,
    unit: "minutes",
    description: "A login ends when it has not been used for so long",
  },
  minNoticeMinutes: {
    kind: "number",
    min: 0,
    max: 10_080,
    default: 60,
    unit: "minutes",
    description: "Patients cannot book a time that starts sooner than this; staff can",
  },
  lateOpenings: {
    kind: "choice",
    options: ["staff", "patients"],
    default: "staff",
    unit: null,
    description:
      "Who fills a time that comes free within the freeze: staff by hand, or whoever of the patients is first",
  },
  notifyAtOnceMinutes: {
    kind: "number",
    min: 0,
    max: 1440,
    default: 60,
    unit: "minutes",
    description: "A change this close to the start is notified at once, without the quiet window",
  },
  answerHours: {
    kind: "number",
    min: 1,
    max: 336,
    default: 48,
    unit: "hours",
    description: "A patient whom the clinic moved is asked to answer within so long; then the move stands unconfirmed",
  },
  reassignDays: {
    kind: "number",
    min: 1,
    max: 90,
    default: 14,
    unit: "days",
    description: "The clinic moves an appointment by itself no further than so many days from its old date",
  },
  reassignDayPoints: {
    kind: "number",
    min: 0,
    max: 1000,
    default: 60,
    unit: "points",
    description: "What each day between old and new date counts when the best new time is chosen",
  },
  reassignHourPoints: {
    kind: "number",
    min: 0,
    max: 1000,
    default: 12,
    unit: "points",
    description: "What each hour between old and new time of day counts, to the minute",
  },
  reassignEarlierPoints: {
    kind: "number",
    min: 0,
    max: 10_000,
    default: 90,
    unit: "points",
    description: "What a new time before the old one counts beside its distance: the patient may not be able to come",
  },
  reassignDoctorPoints: {
    kind: "number",
    min: 0,
    max: 10_000,
    default: 120,
    unit: "points",
    description: "What another doctor of the same specialty counts",
  },
  reassignLocationPoints: {
    kind: "number",
    min: 0,
    max: 10_000,
    default: 180,
    unit: "points",
    description: "What another location counts, for patients who do not need theirs",
  },
  claimMinutes: {
    kind: "number",
    min: 1,
    max: 240,
    default: 15,
    unit: "minutes",
    description: "A placement case that somebody works on is theirs for so long",
  },
  offerMinutes: {
    kind: "number",
    min: 0,
    max: 1440,
    default: 60,
    unit: "minutes",
    description:
      "A time that comes free and fits an open placement case is kept for staff so long before patients see it",
  },
  locales: {
    kind: "choices",
    options: MAIL_LANGUAGES,
    default: ["en"],
    unit: null,
    description:
      "The languages patients can choose for mails and pages, the first for whoever has chosen none. Whose own is no longer among them is written to in the first, and in their own again once it is back",
  },
  mailNamesDoctor: {
    kind: "switch",
    default: false,
    unit: null,
    description: "Mails name the doctor; off unless the clinic wants it, for others may read them",
  },
} as const satisfies Record<string, PolicyRule>;

export type PolicyName = keyof typeof POLICY;

export const POLICY_NAMES = Object.keys(POLICY) as PolicyName[];

type ValueOf<Rule> = Rule extends NumberRule
  ? number
  : Rule extends NumbersRule
    ? number[]
    : Rule extends { options: readonly (infer Option)[] }
      ? Rule extends { kind: "choices" }
        ? Option[]
        : Option
      : Rule extends SwitchRule
        ? boolean
        : never;

/** The values of all settings. */
export type PolicyValues = { -readonly [Name in PolicyName]: ValueOf<(typeof POLICY)[Name]> };

/** Two settings that bound each other: `low * lowScale` must not exceed `high * highScale`. */
interface PolicyOrder {
  low: PolicyName;
  lowScale: number;
  high: PolicyName;
  highScale: number;
}

/** Rules that bound two settings together. */
export const POLICY_ORDERS: readonly PolicyOrder[] = [
  { low: "quietSeconds", lowScale: 1, high: "maxDelaySeconds", highScale: 1 },
  // Otherwise no patient could hold a slot.
  { low: "holdSeconds", lowScale: 1, high: "holdMinutesPerDay", highScale: 60 },
];
