import { i18n } from "@lingui/core";
import { beforeAll, describe, expect, test } from "vitest";
import { PROBLEM_CODES, type ProblemCode } from "#contract/problem.ts";
import { Problem } from "#kit/api/problem.ts";
import { copyOf } from "#kit/api/problem-copy.ts";
import { CATALOGUES } from "../../web/patient/language/catalogues.ts";

interface Details {
  code: ProblemCode;
  [member: string]: unknown;
}

type Words = readonly [title: string, text: string];

/** The words of each code when the problem has no members. */
const WORDS: Record<ProblemCode, Record<"en" | "de", Words>> = {
  "invalid-request": {
    en: ["We could not use what was sent", "Nothing has been changed. Check what you entered and try again."],
    de: [
      "Mit diesen Angaben kommen wir nicht weiter",
      "Es wurde nichts geändert. Bitte prüfen Sie Ihre Angaben und versuchen Sie es noch einmal.",
    ],
  },
  unauthenticated: {
    en: ["You have been logged out", "Log in again to carry on where you were."],
    de: ["Sie wurden abgemeldet", "Melden Sie sich erneut an, um fortzufahren."],
  },
  forbidden: {
    en: [
      "Your login does not allow this",
      "Nothing has been changed. Booking here is for patients. If that is wrong, call PHONE.",
    ],
    de: [
      "Ihre Anmeldung erlaubt das nicht",
      "Es wurde nichts geändert. Hier buchen Patientinnen und Patienten. Falls das nicht stimmt, rufen Sie PHONE an.",
    ],
  },
  "api-key-refused": {
    en: [
      "The key of this app has ended",
      "Nothing has been changed. Load the page again. If it still does not work, call PHONE.",
    ],
    de: [
      "Der Schlüssel dieser App gilt nicht mehr",
      "Es wurde nichts geändert. Laden Sie die Seite neu. Wenn es dann immer noch nicht geht, rufen Sie PHONE an.",
    ],
  },
  "step-up-required": {
    en: [
      "Log in again with a second factor",
      "Nothing has been changed. Confirm your login on your second device and try again.",
    ],
    de: [
      "Melden Sie sich mit einem zweiten Faktor neu an",
      "Es wurde nichts geändert. Bestätigen Sie die Anmeldung auf Ihrem zweiten Gerät und versuchen Sie es noch einmal.",
    ],
  },
  "no-patient-record": {
    en: [
      "We don't know this e-mail address yet",
      "Nothing has been booked. If you have just signed up, confirm your e-mail address and log in again. Otherwise call PHONE and we will link your record.",
    ],
    de: [
      "Diese E-Mail-Adresse kennen wir noch nicht",
      "Es wurde nichts gebucht. Wenn Sie sich gerade registriert haben, bestätigen Sie Ihre E-Mail-Adresse und melden Sie sich erneut an. Andernfalls rufen Sie PHONE an, dann verknüpfen wir Ihre Akte.",
    ],
  },
  "ambiguous-patient-record": {
    en: [
      "We cannot tell which record is yours",
      "Several records at the clinic have this e-mail address. Call PHONE and we will link yours.",
    ],
    de: [
      "Wir können Ihre Akte nicht eindeutig zuordnen",
      "In der Praxis haben mehrere Akten diese E-Mail-Adresse. Rufen Sie PHONE an, dann verknüpfen wir Ihre.",
    ],
  },
  "not-found": {
    en: ["We could not find that", "It may have been removed, or it belongs to another login."],
    de: ["Das haben wir nicht gefunden", "Vielleicht wurde das entfernt, oder es gehört zu einer anderen Anmeldung."],
  },
  "slot-taken": {
    en: ["That time has just been taken", "Nothing has been booked. Choose another time."],
    de: ["Diese Zeit wurde gerade vergeben", "Es wurde nichts gebucht. Bitte wählen Sie eine andere Zeit."],
  },
  "hold-expired": {
    en: ["We stopped holding that time", "Nothing has been booked. Choose a time again."],
    de: ["Diese Zeit ist nicht mehr reserviert", "Es wurde nichts gebucht. Bitte wählen Sie noch einmal eine Zeit."],
  },
  "hold-limit": {
    en: ["You have used all the extra time", "Confirm now or choose again later."],
    de: ["Die Verlängerungen sind aufgebraucht", "Bestätigen Sie jetzt oder wählen Sie später neu."],
  },
  "overlaps-own-appointment": {
    en: [
      "You already have an appointment at that time",
      "Nothing new has been booked. Keep the one you have, or choose another time.",
    ],
    de: [
      "Sie haben zu dieser Zeit schon einen Termin",
      "Es wurde nichts Neues gebucht. Behalten Sie Ihren Termin oder wählen Sie eine andere Zeit.",
    ],
  },
  frozen: {
    en: ["It is too late to change this online", "Nothing has been changed. Please call PHONE and we will help you."],
    de: [
      "Online lässt sich das nicht mehr ändern",
      "Es wurde nichts geändert. Bitte rufen Sie PHONE an, wir helfen Ihnen.",
    ],
  },
  "change-budget-spent": {
    en: [
      "This appointment has been changed as often as possible online",
      "It stays as it is. Please call PHONE and we will help you.",
    ],
    de: [
      "Dieser Termin lässt sich online nicht noch öfter verschieben",
      "Es bleibt, wie es ist. Bitte rufen Sie PHONE an, wir helfen Ihnen.",
    ],
  },
  "booking-limit": {
    en: [
      "You have booked and changed as often as possible online",
      "Nothing new has been booked. Please call PHONE and we will help you.",
    ],
    de: [
      "Sie haben so oft wie möglich online gebucht und geändert",
      "Es wurde nichts Neues gebucht. Bitte rufen Sie PHONE an, wir helfen Ihnen.",
    ],
  },
  duplicate: {
    en: [
      "There is one like that already",
      "Nothing has been changed. Check what you entered, or look for the one that is there.",
    ],
    de: [
      "So etwas gibt es schon",
      "Es wurde nichts geändert. Prüfen Sie Ihre Eingabe, oder suchen Sie, was es schon gibt.",
    ],
  },
  "slot-unsuitable": {
    en: [
      "That time does not suit this appointment",
      "Nothing has been changed. Choose another time, or say why it is to be this one all the same.",
    ],
    de: [
      "Diese Zeit eignet sich nicht für diesen Termin",
      "Es wurde nichts geändert. Wählen Sie eine andere Zeit oder geben Sie an, warum es trotzdem diese sein soll.",
    ],
  },
  "case-claimed": {
    en: ["Somebody else is working on this", "Nothing has been changed. Take another one."],
    de: ["Jemand anderes arbeitet gerade daran", "Es wurde nichts geändert. Bitte nehmen Sie einen anderen Fall."],
  },
  "wrong-state": {
    en: ["That cannot be done any more", "It has changed in the meantime. Look at it again."],
    de: ["Das geht nicht mehr", "Inzwischen hat sich etwas geändert. Bitte sehen Sie noch einmal nach."],
  },
  "idempotency-in-flight": {
    en: ["We are still working on it", "Wait a moment before you try again. Don't book again."],
    de: [
      "Wir sind noch dabei",
      "Warten Sie einen Moment, bevor Sie es noch einmal versuchen. Buchen Sie nicht noch einmal.",
    ],
  },
  "version-conflict": {
    en: [
      "Somebody else changed this first",
      "What you asked for has not been saved. This is how it stands now: decide again.",
    ],
    de: [
      "Jemand anderes war mit einer Änderung schneller",
      "Ihre Änderung wurde nicht gespeichert. So ist der Stand jetzt: Bitte entscheiden Sie neu.",
    ],
  },
  "preview-stale": {
    en: ["Something changed since the preview", "Nothing has been applied. Look at the preview again."],
    de: [
      "Seit der Vorschau hat sich etwas geändert",
      "Es wurde nichts übernommen. Bitte sehen Sie sich die Vorschau noch einmal an.",
    ],
  },
  "payload-too-large": {
    en: ["That is too long to send", "Nothing has been changed. Make it shorter and try again."],
    de: ["Das ist zu lang", "Es wurde nichts geändert. Bitte kürzen Sie den Text und versuchen Sie es noch einmal."],
  },
  "unsupported-media-type": {
    en: ["We could not read what was sent", "Nothing has been changed. Load the page again."],
    de: ["Die Angaben waren nicht lesbar", "Es wurde nichts geändert. Bitte laden Sie die Seite neu."],
  },
  "idempotency-key-reused": {
    en: ["That was already sent in another form", "Load the page again to see how things stand."],
    de: ["Das wurde bereits in anderer Form gesendet", "Laden Sie die Seite neu, um den aktuellen Stand zu sehen."],
  },
  "precondition-required": {
    en: ["This page is out of date", "Nothing has been changed. Load the page again."],
    de: ["Diese Seite ist nicht mehr aktuell", "Es wurde nichts geändert. Bitte laden Sie die Seite neu."],
  },
  "rate-limited": {
    en: ["That was a lot at once", "Nothing has been changed. Wait a minute and try again."],
    de: [
      "Das war viel auf einmal",
      "Es wurde nichts geändert. Bitte warten Sie eine Minute und versuchen Sie es noch einmal.",
    ],
  },
  internal: {
    en: ["Something went wrong on our side", "Try again in a moment. If it keeps happening, call PHONE."],
    de: [
      "Bei uns ist etwas schiefgegangen",
      "Versuchen Sie es gleich noch einmal. Wenn es nicht hilft, rufen Sie PHONE an.",
    ],
  },
  "dependency-unavailable": {
    en: ["We cannot reach the booking system", "Try again in a minute, or call PHONE."],
    de: [
      "Das Buchungssystem ist nicht erreichbar",
      "Versuchen Sie es in einer Minute noch einmal oder rufen Sie PHONE an.",
    ],
  },
};

/** The words of a code that depend on a member of the problem. */
const VARIANTS: [name: string, details: Details, title: Record<"en" | "de", string>][] = [
  [
    "frozen, of a slot: it is the time that is too soon",
    { code: "frozen", what: "slot" },
    { en: "That time is too soon to book online", de: "Für eine Online-Buchung ist diese Zeit zu nah" },
  ],
  [
    "hold-limit, with the moment when it is over: all holding time is used",
    { code: "hold-limit", resetsAt: "2026-12-03T10:15:00+00:00" },
    {
      en: "You have held times for as long as possible for now",
      de: "Länger lassen sich Zeiten vorerst nicht reservieren",
    },
  ],
  [
    "booking-limit, of appointments: there are as many as one may have",
    { code: "booking-limit", what: "appointments" },
    {
      en: "You have as many appointments as can be booked online",
      de: "Sie haben so viele Termine, wie online gebucht werden können",
    },
  ],
  [
    "change-budget-spent, per patient: it is all appointments",
    { code: "change-budget-spent", per: "patient" },
    {
      en: "Your appointments have been changed as often as possible online",
      de: "Ihre Termine lassen sich online nicht noch öfter verschieben",
    },
  ],
  [
    "version-conflict, by the clinic: says so",
    { code: "version-conflict", changedBy: "the clinic" },
    { en: "The clinic changed this first", de: "Die Praxis war mit einer Änderung schneller" },
  ],
  [
    "version-conflict, by oneself: says so",
    { code: "version-conflict", changedBy: "you" },
    { en: "You changed this first", de: "Sie haben das inzwischen selbst geändert" },
  ],
  [
    "case-claimed, by a name: names it",
    { code: "case-claimed", claimedBy: "Staff 2" },
    { en: "Staff 2 is working on this", de: "Staff 2 arbeitet gerade daran" },
  ],
];

const PHONE = "+353\u00a01\u00a0555\u00a00100";

describe.each(["en", "de"] as const)("in %s", (language) => {
  beforeAll(async () => i18n.loadAndActivate({ locale: language, messages: (await CATALOGUES[language]()).messages }));
  const said = (details: Details): Words => {
    const { title, text } = copyOf(new Problem(details, 409, undefined), PHONE);
    return [title, text.replaceAll(PHONE, "PHONE")];
  };

  test.each(PROBLEM_CODES)("%s says what it is, and not what another code is", (code) => {
    expect(said({ code })).toEqual(WORDS[code][language]);
  });

  test.each(VARIANTS)("%s", (_, details, title) => {
    expect(said(details)[0]).toBe(title[language]);
  });

  test("no two codes have one title", () => {
    const titles = PROBLEM_CODES.map((code) => said({ code })[0]);
    expect(titles.filter((title, n) => titles.indexOf(title) !== n)).toEqual([]);
  });
});
