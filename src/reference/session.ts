import { Session } from "#contract/answers/session.ts";
import { type Descriptions, empty, json } from "#reference/describe.ts";

export const session = {
  beginSession: {
    group: "Session",
    summary: "Exchange an access token for a session cookie",
    description:
      "A patient's first login is linked to the one active record with the e-mail address that the identity provider has verified.",
    answers: { 201: json(Session, "Who you are; the cookie is set", "Set-Cookie") },
    refusals: ["no-patient-record", "ambiguous-patient-record"],
    bearerOnly: true,
  },
  getSession: {
    group: "Session",
    summary: "Who am I",
    answers: { 200: json(Session, "Who you are") },
  },
  endSession: {
    group: "Session",
    summary: "Log out, here or everywhere",
    answers: { 204: empty("Logged out", "Set-Cookie") },
    keyed: true,
  },
} satisfies Descriptions;
