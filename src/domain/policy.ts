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
    description: "Length of a slot, unless the session or the doctor has its own",
  },
  freezeHours: {
    kind: "number",
    min: 0,
    max: 336,
    default: 24,
    unit: "hours",
    description: "Hours before the start of an appointment in which patients can no longer change it",
  },
  holdSeconds: {
    kind: "number",
    min: 1,
    max: 1800,
    default: 300,
    unit: "seconds",
    description: "How long a time is held while the patient decides; holds that are running keep their own duration",
  },
  holdExtensions: {
    kind: "number",
    min: 0,
    max: 100,
    default: 10,
    unit: "count",
    description: "Maximum number of times that a hold can be extended to its full duration",
  },
  holdsPerPatient: {
    kind: "number",
    min: 1,
    max: 5,
    default: 1,
    unit: "count",
    description: "Maximum number of holds of one patient; a further one releases the oldest",
  },
  holdMinutesPerDay: {
    kind: "number",
    min: 5,
    max: 14_400,
    default: 600,
    unit: "minutes",
    description: "Maximum holding time of one patient; what was used comes back evenly within a day",
  },
  changeBudget: {
    kind: "number",
    min: 0,
    max: 100,
    default: 3,
    unit: "count",
    description: "Maximum number of times that patients can move one appointment themselves",
  },
  patientChangeBudget: {
    kind: "number",
    min: 0,
    max: 1000,
    default: 10,
    unit: "count",
    description: "Maximum number of changes of one patient, of all their appointments, within changeWindowDays",
  },
  patientActionBudget: {
    kind: "number",
    min: 1,
    max: 1000,
    default: 30,
    unit: "count",
    description:
      "Maximum number of bookings, moves and cancellations of one patient within changeWindowDays; cancelling is never refused",
  },
  changeWindowDays: {
    kind: "number",
    min: 1,
    max: 366,
    default: 30,
    unit: "days",
    description: "Number of days in which a patient's changes and bookings are counted",
  },
  appointmentsPerPatient: {
    kind: "number",
    min: 1,
    max: 200,
    default: 12,
    unit: "count",
    description: "Maximum number of appointments to come that one patient can book; staff can go beyond with a reason",
  },
  quietSeconds: {
    kind: "number",
    min: 0,
    max: 3600,
    default: 60,
    unit: "seconds",
    description: "Patients are notified after this time without a further change",
  },
  maxDelaySeconds: {
    kind: "number",
    min: 0,
    max: 86_400,
    default: 600,
    unit: "seconds",
    description: "Patients are notified after this time even if changes continue; at least quietSeconds",
  },
  mailsPerDay: {
    kind: "number",
    min: 1,
    max: 200,
    default: 20,
    unit: "count",
    description:
      "Maximum number of notifications to one patient within 24 hours. The next one waits and then states what is true, unless the appointment would start before",
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
    description: "When patients are reminded before the start: never, once or several times",
  },
  sessionMinutes: {
    kind: "number",
    min: 1,
    max: 1440,
    default: 30,
    unit: "minutes",
    description: "A session ends after this time without use",
  },
  stepUpMinutes: {
    kind: "number",
    min: 0,
    max: 1440,
    default: 0,
    unit: "minutes",
    description:
      "Administrators change accounts, settings and API clients only this long after a login with a second factor; 0: no second factor is required",
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
      "Who fills a time that becomes free within the freeze: staff by hand, or the first patient who books it",
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
    description:
      "Patients are asked to answer a move by the clinic within this time; after it the move stands unconfirmed",
  },
  reassignDays: {
    kind: "number",
    min: 1,
    max: 90,
    default: 14,
    unit: "days",
    description: "Maximum number of days between the old and the new date of an automatic move",
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
    description: "How long a claimed placement case belongs to the person who claimed it",
  },
  offerMinutes: {
    kind: "number",
    min: 0,
    max: 1440,
    default: 60,
    unit: "minutes",
    description:
      "How long a time that becomes free and fits an open placement case is reserved for staff before patients see it",
  },
  freeSlotsKeptDays: {
    kind: "number",
    min: 30,
    max: 7300,
    default: 400,
    unit: "days",
    description: "How long past times that were never booked are kept; after it a past day shows its booked times only",
  },
  messagesKeptDays: {
    kind: "number",
    min: 30,
    max: 7300,
    default: 400,
    unit: "days",
    description:
      "How long the record of messages is kept after the appointment: what the patient was last notified of, reminders, and the ids at the mail service",
  },
  tasksKeptDays: {
    kind: "number",
    min: 30,
    max: 7300,
    default: 400,
    unit: "days",
    description: "How long a task is kept after staff have done it",
  },
  previewsKeptDays: {
    kind: "number",
    min: 30,
    max: 7300,
    default: 400,
    unit: "days",
    description: "How long the preview of a change of the clinic calendar is kept with the change",
  },
  reasonsKeptDays: {
    kind: "number",
    min: 30,
    max: 7300,
    default: 3650,
    unit: "days",
    description:
      "How long the reason of an appointment and the note of its cancellation are kept after the appointment",
  },
  locales: {
    kind: "choices",
    options: MAIL_LANGUAGES,
    default: ["en"],
    unit: null,
    description:
      "The languages that patients can choose for mails and pages. Patients without a choice, and those whose language is not offered, get the first one",
  },
  mailNamesDoctor: {
    kind: "switch",
    default: false,
    unit: null,
    description: "Mails name the doctor; off by default, because other people may read them",
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
