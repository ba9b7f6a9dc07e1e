import { t } from "@lingui/core/macro";
import type { ProblemCode } from "#contract/problem.ts";
import { asWritten } from "../time/format.ts";
import { Problem } from "./problem.ts";

export interface Copy {
  title: string;
  text: string;
}

type Write = (context: { problem: Problem; phone: string; zones: readonly string[] }) => Copy;

/** The text for each code: what happened, what it means, and the next step. It blames no person. */
export const PROBLEM_COPY: Record<ProblemCode, Write> = {
  "invalid-request": () => ({
    title: t`We could not use what was sent`,
    text: t`Nothing has been changed. Check what you entered and try again.`,
  }),
  unauthenticated: () => ({ title: t`You have been logged out`, text: t`Log in again to carry on where you were.` }),
  forbidden: ({ phone }) => ({
    title: t`Your login does not allow this`,
    text: t`Nothing has been changed. Booking here is for patients. If that is wrong, call ${phone}.`,
  }),
  "api-key-refused": ({ phone }) => ({
    title: t`The key of this app has ended`,
    text: t`Nothing has been changed. Load the page again. If it still does not work, call ${phone}.`,
  }),
  "step-up-required": () => ({
    title: t`Log in again with a second factor`,
    text: t`Nothing has been changed. Confirm your login on your second device and try again.`,
  }),
  "no-patient-record": ({ phone }) => ({
    title: t`We don't know this e-mail address yet`,
    text: t`Nothing has been booked. If you have just signed up, confirm your e-mail address and log in again. Otherwise call ${phone} and we will link your record.`,
  }),
  "ambiguous-patient-record": ({ phone }) => ({
    title: t`We cannot tell which record is yours`,
    text: t`Several records at the clinic have this e-mail address. Call ${phone} and we will link yours.`,
  }),
  "not-found": () => ({
    title: t`We could not find that`,
    text: t`It may have been removed, or it belongs to another login.`,
  }),
  "slot-taken": () => ({
    title: t`That time has just been taken`,
    text: t`Nothing has been booked. Choose another time.`,
  }),
  "hold-expired": () => ({
    title: t`We stopped holding that time`,
    text: t`Nothing has been booked. Choose a time again.`,
  }),
  "hold-limit": ({ problem, phone, zones }) => {
    const resetsAt = problem.text("resetsAt");
    if (resetsAt === undefined) {
      return { title: t`You have used all the extra time`, text: t`Confirm now or choose again later.` };
    }
    const when = asWritten(resetsAt, zones);
    return {
      title: t`You have held times for as long as possible for now`,
      text: t`You can hold another from ${when}. Or call ${phone} and we will book it for you.`,
    };
  },
  "overlaps-own-appointment": () => ({
    title: t`You already have an appointment at that time`,
    text: t`Nothing new has been booked. Keep the one you have, or choose another time.`,
  }),
  frozen: ({ problem, phone }) =>
    problem.text("what") === "slot"
      ? {
          title: t`That time is too soon to book online`,
          text: t`Choose a later one, or call ${phone} and we will help you.`,
        }
      : {
          title: t`It is too late to change this online`,
          text: t`Nothing has been changed. Please call ${phone} and we will help you.`,
        },
  "change-budget-spent": ({ problem, phone, zones }) => {
    const resetsAt = problem.text("resetsAt");
    const when = resetsAt === undefined ? undefined : asWritten(resetsAt, zones);
    return {
      title:
        problem.text("per") === "patient"
          ? t`Your appointments have been changed as often as possible online`
          : t`This appointment has been changed as often as possible online`,
      text:
        when === undefined
          ? t`It stays as it is. Please call ${phone} and we will help you.`
          : t`It stays as it is. You can change it online again from ${when}, or call ${phone} and we will help you.`,
    };
  },
  "booking-limit": ({ problem, phone, zones }) => {
    const resetsAt = problem.text("resetsAt");
    const when = resetsAt === undefined ? undefined : asWritten(resetsAt, zones);
    return {
      title:
        problem.text("what") === "appointments"
          ? t`You have as many appointments as can be booked online`
          : t`You have booked and changed as often as possible online`,
      text:
        when === undefined
          ? t`Nothing new has been booked. Please call ${phone} and we will help you.`
          : t`Nothing new has been booked. You can book online again from ${when}, or call ${phone} and we will help you.`,
    };
  },
  duplicate: () => ({
    title: t`There is one like that already`,
    text: t`Nothing has been changed. Check what you entered, or look for the one that is there.`,
  }),
  "slot-unsuitable": () => ({
    title: t`That time does not suit this appointment`,
    text: t`Nothing has been changed. Choose another time, or say why it is to be this one all the same.`,
  }),
  "case-claimed": ({ problem, zones }) => {
    const [by, until] = [problem.text("claimedBy"), problem.text("until")];
    const when = until === undefined ? undefined : asWritten(until, zones);
    return {
      title: by === undefined ? t`Somebody else is working on this` : t`${by} is working on this`,
      text:
        when === undefined
          ? t`Nothing has been changed. Take another one.`
          : t`Nothing has been changed. Take another one, or try again from ${when}.`,
    };
  },
  "wrong-state": ({ problem }) => ({
    title: t`That cannot be done any more`,
    text: inTheWay(problem.text("current")),
  }),
  "idempotency-in-flight": () => ({
    title: t`We are still working on it`,
    text: t`Wait a moment before you try again. Don't book again.`,
  }),
  "version-conflict": ({ problem, zones }) => {
    const at = problem.text("changedAt");
    const when = at === undefined ? undefined : asWritten(at, zones);
    return {
      title: changedFirst(problem.text("changedBy")),
      text:
        when === undefined
          ? t`What you asked for has not been saved. This is how it stands now: decide again.`
          : t`That was on ${when}. What you asked for has not been saved. This is how it stands now: decide again.`,
    };
  },
  "preview-stale": () => ({
    title: t`Something changed since the preview`,
    text: t`Nothing has been applied. Look at the preview again.`,
  }),
  "payload-too-large": () => ({
    title: t`That is too long to send`,
    text: t`Nothing has been changed. Make it shorter and try again.`,
  }),
  "unsupported-media-type": () => ({
    title: t`We could not read what was sent`,
    text: t`Nothing has been changed. Load the page again.`,
  }),
  "idempotency-key-reused": () => ({
    title: t`That was already sent in another form`,
    text: t`Load the page again to see how things stand.`,
  }),
  "precondition-required": () => ({
    title: t`This page is out of date`,
    text: t`Nothing has been changed. Load the page again.`,
  }),
  "rate-limited": () => ({
    title: t`That was a lot at once`,
    text: t`Nothing has been changed. Wait a minute and try again.`,
  }),
  internal: ({ phone }) => ({
    title: t`Something went wrong on our side`,
    text: t`Try again in a moment. If it keeps happening, call ${phone}.`,
  }),
  "dependency-unavailable": ({ phone }) => ({
    title: t`We cannot reach the booking system`,
    text: t`Try again in a minute, or call ${phone}.`,
  }),
};

/** The obstacle of a record's state, and the next step. */
function inTheWay(current: string | undefined): string {
  const words: Record<string, string> = {
    "last-administrator": t`The clinic needs an administrator. Make a colleague one first.`,
    "has-slots": t`There are times to come at this location, in its present zone. Remove them from the schedules first.`,
    merged: t`The record has been merged into another one. Open that one.`,
    inactive: t`The record is switched off. Switch it on first.`,
    linked: t`There is a login already. End it first.`,
  };
  return words[current ?? ""] ?? t`It has changed in the meantime. Look at it again.`;
}

/** @param by a name, or the server's English word for a person without one */
function changedFirst(by: string | undefined): string {
  if (by === undefined) return t`Somebody else changed this first`;
  if (by === "you") return t`You changed this first`;
  if (by === "the clinic") return t`The clinic changed this first`;
  if (by === "the system") return t`The system changed this first`;
  return t`${by} changed this first`;
}

/**
 * The text for any error of a request.
 * @param phone the clinic's number, if it is known
 * @param zones the zones of its locations
 */
export function copyOf(error: unknown, phone?: string, zones: readonly string[] = []): Copy {
  if (!(error instanceof Problem)) {
    return {
      title: t`You are offline`,
      text: t`We cannot reach the clinic. Check your connection and try again.`,
    };
  }
  const number = error.text("phone") ?? phone;
  // A phone number stays on one line.
  const context = { problem: error, phone: number?.replaceAll(" ", "\u00a0") ?? t`the clinic`, zones };
  return PROBLEM_COPY[error.code]?.(context) ?? unknown(context.phone);
}

function unknown(phone: string): Copy {
  return { title: t`Something went wrong`, text: t`Try again in a moment. If it keeps happening, call ${phone}.` };
}
