import type { Context } from "hono";
import type { SlotFate } from "#db/queries/slot-fate.ts";
import type { Refusal } from "#db/transactions/subject.ts";
import type { Refused } from "#db/verb.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { slotOf } from "#http/presenters/rows.ts";

/** The problem for a refused change of an appointment, as the statement judged it. */
export function refusalOf(c: Context<App>, { why, constraint, fate }: Refused<Refusal>): ProblemError {
  if (!why && !constraint) return new ProblemError("not-found");
  if (!why || why.code === "hold-expired" || why.code === "slot-taken") {
    // A verb that wants no slot has no fate to tell, and no guard of the database says no to it.
    if (!fate) return new ProblemError("not-found");
    if (constraint === "appointments_no_overlap" && fate.overlaps) {
      return new ProblemError("overlaps-own-appointment", { appointmentId: fate.overlaps });
    }
    return fate.asked === "hold" ? holdExpired(fate) : slotTaken(fate);
  }
  switch (why.code) {
    case "version-conflict": {
      const changedBy = changerOf(c, why);
      return new ProblemError(why.code, { changedBy, changedAt: formatInstant(why.changedAt, why.zone) });
    }
    case "wrong-state": {
      const { code, current, possibleFrom, zone } = why;
      const from = possibleFrom === null ? {} : { possibleFrom: formatInstant(possibleFrom, zone) };
      return new ProblemError(code, { current, ...from });
    }
    case "frozen":
      return new ProblemError(why.code, { what: why.what, phone: why.phone });
    case "change-budget-spent": {
      const resetsAt = why.resetsAt === null ? null : formatInstant(why.resetsAt, why.zone);
      return new ProblemError(why.code, { per: why.per, resetsAt, phone: why.phone });
    }
    case "case-claimed":
      return new ProblemError(why.code, { claimedBy: why.claimedBy, until: formatInstant(why.until, why.zone) });
    case "not-found":
      return new ProblemError(why.code);
    case "slot-unsuitable":
      return new ProblemError(why.code, { because: why.because });
    case "invalid-request":
      return new ProblemError(why.code, { errors: [{ pointer: why.pointer, detail: why.detail }] });
    case "overlaps-own-appointment":
      return new ProblemError(why.code, { appointmentId: why.appointmentId });
  }
}

/** Patients are not told which of the clinic's people it was. */
function changerOf(c: Context<App>, why: Extract<Refusal, { code: "version-conflict" }>): string {
  if (why.own) return "you";
  return c.get("caller").role === "patient" ? "the clinic" : (why.changedBy ?? "the system");
}

/** A hold is over: whether its slot is still free, or what can be had instead. */
export function holdExpired({ free, slotId, expiresInMs, alternatives }: SlotFate): ProblemError {
  return new ProblemError("hold-expired", {
    slotFree: free && expiresInMs === null,
    ...(slotId ? { slotId } : {}),
    ...(free ? {} : { alternatives: alternatives.map(slotOf) }),
  });
}

/** Somebody else has the slot, or there is none: what can be had instead. */
export function slotTaken({ alternatives }: SlotFate): ProblemError {
  return new ProblemError("slot-taken", { alternatives: alternatives.map(slotOf) });
}
