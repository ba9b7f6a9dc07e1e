import type { ProblemCode } from "#contract/problem.ts";
import { asWritten } from "../time/format.ts";
import { Problem } from "./problem.ts";

export interface Copy {
  title: string;
  text: string;
}

type Write = (context: { problem: Problem; phone: string }) => Copy;

const write = (title: string, text: string): Write => () => ({ title, text });

/** What a person reads for each code: what happened, what it means for them and the next step. Nobody is blamed. */
export const PROBLEM_COPY: Record<ProblemCode, Write> = {
  "invalid-request": write("We could not use what was sent", "Nothing has been changed. Check what you entered and try again."),
  unauthenticated: write("You have been logged out", "Log in again to carry on where you were."),
  forbidden: ({ phone }) => ({
    title: "Your login does not allow this",
    text: `Nothing has been changed. Booking here is for patients. If that is wrong, call ${phone}.`,
  }),
  "no-patient-record": ({ problem, phone }) => ({
    title: "We don't know this e-mail address yet",
    text: `Nothing has been booked. If you have just signed up, confirm your e-mail address and log in again. Otherwise call ${problem.text("phone") ?? phone} and we will link your record.`,
  }),
  "ambiguous-patient-record": ({ problem, phone }) => ({
    title: "We cannot tell which record is yours",
    text: `Several records at the clinic have this e-mail address. Call ${problem.text("phone") ?? phone} and we will link yours.`,
  }),
  "not-found": write("We could not find that", "It may have been removed, or it belongs to another login."),
  "slot-taken": write("That time has just been taken", "Nothing has been booked. Choose another time."),
  "hold-expired": write("We stopped holding that time", "Nothing has been booked. Choose a time again."),
  "hold-limit": ({ problem, phone }) => {
    const resetsAt = problem.text("resetsAt");
    if (resetsAt === undefined) {
      return { title: "You have used all the extra time", text: "Confirm now or choose again later." };
    }
    return {
      title: "You have held times for as long as possible for now",
      text: `You can hold another from ${asWritten(resetsAt)}. Or call ${phone} and we will book it for you.`,
    };
  },
  "overlaps-own-appointment": write(
    "You already have an appointment at that time",
    "Nothing new has been booked. Keep the one you have, or choose another time.",
  ),
  frozen: ({ problem, phone }) => {
    const call = `call ${unbroken(problem.text("phone") ?? phone)} and we will help you`;
    if (problem.text("what") === "slot") {
      return { title: "That time is too soon to book online", text: `Choose a later one, or ${call}.` };
    }
    return { title: "It is too late to change this online", text: `Nothing has been changed. Please ${call}.` };
  },
  "change-budget-spent": ({ problem, phone }) => {
    const call = `call ${unbroken(problem.text("phone") ?? phone)} and we will help you`;
    const resetsAt = problem.text("resetsAt");
    return {
      title:
        problem.text("per") === "patient"
          ? "Your appointments have been changed as often as possible online"
          : "This appointment has been changed as often as possible online",
      text:
        resetsAt === undefined
          ? `It stays as it is. Please ${call}.`
          : `It stays as it is. You can change it online again from ${asWritten(resetsAt)}, or ${call}.`,
    };
  },
  "slot-unsuitable": write(
    "That time does not suit this appointment",
    "Nothing has been changed. Choose another time, or say why it is to be this one all the same.",
  ),
  "case-claimed": ({ problem }) => {
    const [by, until] = [problem.text("claimedBy") ?? "Somebody else", problem.text("until")];
    return {
      title: `${by} is working on this`,
      text: `Nothing has been changed. Take another one${until === undefined ? "" : `, or try again from ${asWritten(until)}`}.`,
    };
  },
  "wrong-state": write("That cannot be done any more", "It has changed in the meantime. Look at it again."),
  "idempotency-in-flight": write("We are still working on it", "Wait a moment before you try again. Don't book again."),
  "version-conflict": ({ problem }) => {
    const [by, at] = [problem.text("changedBy") ?? "somebody else", problem.text("changedAt")];
    return {
      title: `${by.charAt(0).toUpperCase()}${by.slice(1)} changed this first`,
      text: `${at === undefined ? "" : `That was on ${asWritten(at)}. `}What you asked for has not been saved. This is how it stands now: decide again.`,
    };
  },
  "preview-stale": write("Something changed since the preview", "Nothing has been applied. Look at the preview again."),
  "payload-too-large": write("That is too long to send", "Nothing has been changed. Make it shorter and try again."),
  "unsupported-media-type": write("We could not read what was sent", "Nothing has been changed. Load the page again."),
  "idempotency-key-reused": write("That was already sent in another form", "Load the page again to see how things stand."),
  "precondition-required": write("This page is out of date", "Nothing has been changed. Load the page again."),
  "rate-limited": write("That was a lot at once", "Nothing has been changed. Wait a minute and try again."),
  internal: ({ phone }) => ({
    title: "Something went wrong on our side",
    text: `Try again in a moment. If it keeps happening, call ${phone}.`,
  }),
  "dependency-unavailable": ({ phone }) => ({
    title: "We cannot reach the booking system",
    text: `Try again in a minute, or call ${phone}.`,
  }),
};

/** The words for any error a request can end in. */
export function copyOf(error: unknown, phone = "the clinic"): Copy {
  if (error instanceof Problem) {
    return PROBLEM_COPY[error.code]?.({ problem: error, phone: unbroken(phone) }) ?? unknown(phone);
  }
  return { title: "You are offline", text: "We cannot reach the clinic. Check your connection and try again." };
}

function unknown(phone: string): Copy {
  return { title: "Something went wrong", text: `Try again in a moment. If it keeps happening, call ${phone}.` };
}

/** A number to call stays on one line. */
function unbroken(phone: string): string {
  return phone.replaceAll(" ", "\u00a0");
}
