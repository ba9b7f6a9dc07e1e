import type { Context } from "hono";
import { Impact } from "#contract/schedule.ts";
import type { ProblemCode } from "#contract/problem.ts";
import {
  type Agreed,
  type ChangeRefusal,
  type Impact as ImpactRow,
  changeCalendar,
  previewChange,
} from "#db/transactions/change-calendar.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { referenceOf } from "#domain/reference.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#src/problem.ts";
import { actOf, commit, noActor } from "./act.ts";
import { json, problems } from "./router.ts";

/** The answers of a preview, for its documentation. */
export const previewAnswers = {
  200: json(Impact, "What the change would do; nothing has been done"),
  ...problems("unauthenticated", "forbidden", "not-found", "wrong-state", "unsupported-media-type"),
};

/** The problems of a change of the calendar, for its documentation. */
export function changeProblems(...codes: ProblemCode[]) {
  return problems(
    "unauthenticated",
    "forbidden",
    "not-found",
    "wrong-state",
    "idempotency-in-flight",
    ...codes,
    "preview-stale",
    "unsupported-media-type",
    "idempotency-key-reused",
    "precondition-required",
  );
}

/** Answers what a change would do, without doing it. */
export async function preview(c: Context<App>, change: CalendarChange): Promise<Impact> {
  const answer = await previewChange(c.get("services").db, c.get("caller"), change);
  if (!answer) throw noActor(c);
  if ("fault" in answer) throw problemOf(answer.fault);
  c.header("Cache-Control", "no-store");
  const { token, affected, unchanged, toPlace } = answer.impact;
  return { token, affected, unchanged, reassigned: [], toPlace: toPlace.map(displacedOf) };
}

/**
 * Applies a change and answers a result for each thing it changed. `body` is what the idempotency key stands for. Those
 * who lose their slot are told by one job for all of them.
 */
export async function change<Result>(c: Context<App>, what: CalendarChange, body: unknown, agreed: Agreed) {
  const { db, queue, log } = c.get("services");
  const outcome = await commit(c, changeCalendar<Result>(db, await actOf(c, body), what, agreed));
  if (outcome.kind === "refused") {
    if (!outcome.why) throw new ProblemError("dependency-unavailable", {}, { "Retry-After": "1" });
    throw problemOf(outcome.why);
  }
  if (outcome.dueAt !== null) {
    const publish = queue.publish("notify", {}, { notBefore: outcome.dueAt, dedupe: c.get("requestId") });
    // A publish that fails is only late: the cron finds what is due.
    c.executionCtx.waitUntil(publish.catch((error: Error) => log("relay-failed", { error: error.name })));
  }
  const { operationId, results } = outcome.result;
  if (operationId !== null) c.header("Link", `</api/v1/operations/${operationId}>; rel="monitor"`);
  return results;
}

function displacedOf(row: ImpactRow["toPlace"][number]) {
  const { appointmentId, patientId, doctorId, locationId, zone } = row;
  return {
    appointmentId,
    reference: referenceOf(appointmentId),
    patientId,
    doctorId,
    locationId,
    startsAt: formatInstant(row.startsAt, zone),
    endsAt: formatInstant(row.endsAt, zone),
  };
}

function problemOf(why: ChangeRefusal): ProblemError {
  switch (why.code) {
    case "invalid-request":
      return new ProblemError(why.code, { errors: why.errors });
    case "not-found":
      return new ProblemError(why.code);
    case "wrong-state":
      return new ProblemError(why.code, { current: why.current, detail: why.detail });
    case "version-conflict": {
      const changedAt = why.changedAt === null ? {} : { changedAt: formatInstant(why.changedAt, why.zone) };
      return new ProblemError(why.code, { changedBy: why.changedBy ?? "the system", ...changedAt });
    }
    case "precondition-required": {
      const detail = "Appointments would lose their slot. Preview the change and send its `token` as `previewToken`.";
      return new ProblemError(why.code, { affected: why.affected, detail });
    }
    case "preview-stale":
      return new ProblemError(why.code, { affected: why.affected });
  }
}
