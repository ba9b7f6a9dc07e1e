import type { MailLanguage } from "#domain/message/catalogue.ts";
import { type Particulars, contextOf } from "#domain/message/context.ts";
import type { News } from "#domain/message/letter.ts";
import { writeMessage } from "#domain/message/message.ts";
import type { Fact } from "#domain/settle.ts";

const HOUR = 3_600_000;
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 11, day, hour, minute);

export const fact = (change: Partial<Fact> = {}): Fact => ({
  state: "booked",
  startsAt: at(3, 10, 15),
  endsAt: at(3, 10, 30),
  timeZone: "Europe/Dublin",
  locationId: "quay",
  doctorId: "byrne",
  ...change,
});

const later = { startsAt: at(7, 9), endsAt: at(7, 9, 15) };
const moved = fact({ ...later, state: "moved-by-clinic", locationId: "harbour" });

/** Every kind of mail to a patient, each with its facts. */
export const NEWS = {
  booked: { kind: "booked", now: fact(), before: null },
  moved: { kind: "moved", now: fact(later), before: fact() },
  "moved-other-place": { kind: "moved", now: fact({ locationId: "harbour" }), before: fact() },
  "moved-other-detail": { kind: "moved", now: fact({ doctorId: "walsh" }), before: fact() },
  "moved-by-clinic": { kind: "moved-by-clinic", now: moved, before: fact() },
  "changed-by-clinic": {
    kind: "moved-by-clinic",
    now: fact({ doctorId: "walsh", state: "moved-by-clinic" }),
    before: fact(),
  },
  "being-placed": { kind: "being-placed", now: fact({ state: "being-placed" }), before: fact() },
  cancelled: { kind: "cancelled", now: fact({ state: "cancelled" }), before: fact() },
  "cancelled-after-move": { kind: "cancelled", now: fact({ ...later, state: "cancelled" }), before: fact() },
  reminder: { kind: "reminder", now: fact(), before: null },
} as const satisfies Record<string, News>;

export type MailName = keyof typeof NEWS;
export const MAIL_NAMES = Object.keys(NEWS) as MailName[];

const PLACES = {
  quay: { name: "Ormond Quay", address: "41 Ormond Quay Upper, Dublin 7, D07 X4P1", only: false, zoneNamed: false },
  harbour: {
    name: "Dún Laoghaire",
    address: "3 Crofton Road, Dún Laoghaire, Co. Dublin, A96 X7T0",
    only: false,
    zoneNamed: false,
  },
};

/** The database's other data of a mail, far enough from the freeze for every action. */
export function particularsOf(news: News, change: Partial<Particulars> = {}): Particulars {
  const { now } = news;
  const alternatives = [
    { slotId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c21", startsAt: at(3, 15), endsAt: at(3, 15, 15) },
    { slotId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c22", startsAt: at(4, 10, 15), endsAt: at(4, 10, 30) },
  ].map((slot) => ({ ...slot, timeZone: now.timeZone, locationName: "Ormond Quay" }));
  return {
    patient: {
      name: "Niamh Ní Bhriain",
      email: "niamh@example.org",
      language: "en",
      suppressed: null,
      inactive: false,
    },
    clinic: { name: "Liffey Clinic", phone: "+353 1 555 0100" },
    location: now.locationId === "harbour" ? PLACES.harbour : PLACES.quay,
    doctorName: null,
    changeableUntil: now.state === "booked" || now.state === "moved-by-clinic" ? now.startsAt - 24 * HOUR : null,
    move: now.state === "moved-by-clinic" ? { answerBy: at(2, 12), alternatives } : null,
    ...change,
  };
}

export const APPOINTMENT_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";
export const ORIGIN = "https://book.clinic.example";

/** Their tokens are random in a real mail. */
const ANSWERS = { come: `${ORIGIN}/links/come`, fine: `${ORIGIN}/links/fine`, cancel: `${ORIGIN}/links/cancel` };

/** A mail as it would be sent. */
export function mailOf(news: News, language: MailLanguage | (string & {}), change: Partial<Particulars> = {}) {
  const particulars = particularsOf(news, change);
  const written = { ...particulars, patient: { ...particulars.patient, language } };
  const stop = news.kind === "reminder" ? `${ORIGIN}/reminders/off/sample` : null;
  return writeMessage(news, contextOf(written, APPOINTMENT_ID, ORIGIN, ANSWERS, stop));
}
