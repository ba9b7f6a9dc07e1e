import type { Context } from "hono";
import { explainRefusal } from "#db/queries/holds.ts";
import type { Refusal } from "#db/transactions/subject.ts";
import type { Outcome } from "#db/verb.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#src/problem.ts";
import { slotOf } from "./present.ts";

/** Where an appointment was to go. */
type Target = { holdId: string } | { slotId: string };

/** The problem for a refused change of an appointment, as the statement judged it. */
export async function refusalOf(
  c: Context<App>,
  { why, constraint }: Extract<Outcome<unknown, Refusal>, { kind: "refused" }>,
  target?: Target,
): Promise<ProblemError> {
  if (!why && !constraint) return new ProblemError("not-found");
  if (!why || why.code === "hold-expired" || why.code === "slot-taken") return await lost(c, target, constraint);
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

/** The hold is over, the slot is taken, or a guard of the database said no in the end: what has become of the slot. */
async function lost(c: Context<App>, target: Target | undefined, constraint: string | null): Promise<ProblemError> {
  if (!target) return new ProblemError("not-found");
  const { db } = c.get("services");
  const fate = await explainRefusal(db, c.get("caller"), null, target);
  if (constraint === "appointments_no_overlap" && fate.overlaps) {
    return new ProblemError("overlaps-own-appointment", { appointmentId: fate.overlaps });
  }
  if ("slotId" in target) return new ProblemError("slot-taken", { alternatives: fate.alternatives.map(slotOf) });
  return new ProblemError("hold-expired", {
    slotFree: fate.free,
    ...(fate.slotId ? { slotId: fate.slotId } : {}),
    ...(fate.free ? {} : { alternatives: fate.alternatives.map(slotOf) }),
  });
}
