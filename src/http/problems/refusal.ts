import type { Context } from "hono";
import type { Refusal } from "#db/refusal.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { holdOf, slotOf } from "#http/presenters/rows.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "./problem.ts";

/** The problem for what a verb refused, as its function judged it. */
export function problemOf(c: Context<App>, why: Refusal): ProblemError {
  switch (why.code) {
    case "not-found":
      return new ProblemError(why.code);
    case "slot-taken":
      return new ProblemError(why.code, { alternatives: why.alternatives.map(slotOf) });
    case "hold-expired": {
      const { code, alternatives, heldInstead, ...members } = why;
      return new ProblemError(code, {
        ...members,
        ...(alternatives && { alternatives: alternatives.map(slotOf) }),
        ...(heldInstead && { heldInstead: holdOf(heldInstead) }),
      });
    }
    case "hold-limit":
      if ("expiresInMs" in why) return new ProblemError(why.code, { expiresInMs: why.expiresInMs });
      return new ProblemError(why.code, { resetsAt: formatInstant(why.resetsAt, why.zone) });
    case "version-conflict": {
      const changedBy = changerOf(c, why);
      return new ProblemError(why.code, { changedBy, changedAt: formatInstant(why.changedAt, why.zone) });
    }
    case "wrong-state": {
      const { code, current, possibleFrom, zone } = why;
      const from = possibleFrom === null || zone === null ? {} : { possibleFrom: formatInstant(possibleFrom, zone) };
      return new ProblemError(code, { current, ...from });
    }
    case "frozen":
      return new ProblemError(why.code, { what: why.what, phone: why.phone });
    case "change-budget-spent": {
      const resetsAt = why.resetsAt === null ? null : formatInstant(why.resetsAt, why.zone);
      return new ProblemError(why.code, { per: why.per, resetsAt, phone: why.phone });
    }
    case "booking-limit": {
      const { code, what, limit, phone, zone } = why;
      const resetsAt = why.resetsAt === null ? null : formatInstant(why.resetsAt, zone);
      return new ProblemError(code, { what, limit, resetsAt, phone });
    }
    case "case-claimed":
      return new ProblemError(why.code, { claimedBy: why.claimedBy, until: formatInstant(why.until, why.zone) });
    case "slot-unsuitable":
      return new ProblemError(why.code, { because: why.because });
    case "invalid-request":
      return invalid(why.pointer, why.detail);
    case "no-such-slot":
      return invalid("/slotId", "There is no such slot");
    case "not-in-future":
      return invalid("/at", "Must be in the future");
    case "too-far-ahead":
      return invalid("/at", `At most ${why.days} days ahead, as far as times can be booked`);
    case "overlaps-own-appointment":
      return new ProblemError(why.code, { appointmentId: why.appointmentId });
  }
}

function invalid(pointer: string, detail: string): ProblemError {
  return new ProblemError("invalid-request", { errors: [{ pointer, detail }] });
}

/** Patients do not learn which member of staff it was. */
function changerOf(c: Context<App>, why: Extract<Refusal, { code: "version-conflict" }>): string {
  if (why.own) return "you";
  return c.get("caller").role === "patient" ? "the clinic" : (why.changedBy ?? "the system");
}
