import type { Context } from "hono";
import type { Impact } from "#contract/answers/schedule.ts";
import type { MoveReasons } from "#contract/answers/schedule.ts";
import { type Agreed, type ChangeRefusal, changeCalendar } from "#operations/change-calendar.ts";
import type { PatientShown } from "#db/queries/reassignment.ts";
import { type Displaced, type Impact as ImpactRow, previewChange } from "#operations/preview-change.ts";
import type { CalendarChange } from "#domain/calendar/change.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { whyInWords } from "#domain/placement.ts";
import { SIXTIETHS } from "#domain/reassignment/cost.ts";
import type { MoveExplanation } from "#domain/reassignment/model.ts";
import { reasons } from "#domain/reassignment/rank.ts";
import { referenceOf } from "#domain/reference.ts";
import { causeOf } from "#lib/cause.ts";
import type { App } from "#src/context.ts";
import { ProblemError, unavailable } from "#http/problems/problem.ts";
import { actOf, commit, noActor } from "#http/act.ts";
import { placeOf } from "#http/presenters/rows.ts";

/** Answers what a change would do, without doing it. */
export async function preview(c: Context<App>, change: CalendarChange): Promise<Impact> {
  const answer = await previewChange(c.get("services").db, c.get("caller"), change, c.get("requestId"));
  if (!answer) throw noActor(c);
  if ("fault" in answer) throw problemOf(answer.fault);
  return impactOf(answer.impact, answer.people);
}

/**
 * Applies a change and answers a result for each thing it changed. The idempotency key stands for `body`. Patients who
 * lose their slot are reassigned right after the reply. `Link` names the operation that says how far that is.
 */
export async function change<Result>(c: Context<App>, what: CalendarChange, body: unknown, agreed: Agreed) {
  const { db, log } = c.get("services");
  const outcome = await commit(c, changeCalendar<Result>(db, await actOf(c, body), what, agreed));
  if (outcome.kind === "refused") {
    if (!outcome.why) throw unavailable(1);
    // The preview that staff agreed to is outdated: answer the present one.
    if (outcome.why.code === "preview-stale") throw problemOf(outcome.why, await preview(c, what));
    throw problemOf(outcome.why);
  }
  const { operationId, displaced, results } = outcome.result;
  if (operationId !== null) c.header("Link", `</api/v1/operations/${operationId}>; rel="monitor"`);
  if (operationId !== null && displaced > 0) {
    const run = c.get("runJob")("reassign", { operationId });
    // If it fails or is interrupted, the next minute's trigger continues it.
    c.executionCtx.waitUntil(run.catch((error: unknown) => log("job-failed", { job: "reassign", ...causeOf(error) })));
  }
  return results;
}

type People = Record<string, PatientShown>;

function impactOf({ token, affected, unchanged, reassigned, toPlace }: ImpactRow, people: People): Impact {
  return {
    token,
    affected,
    unchanged,
    reassigned: reassigned.map((row) => {
      return { ...displacedOf(row, people), to: { id: row.to.id, ...placeOf(row.to) }, why: moveReasonsOf(row.why) };
    }),
    toPlace: toPlace.map((row) => ({
      ...displacedOf(row, people),
      why: { code: row.why.code, text: whyInWords(row.why) },
    })),
  };
}

function displacedOf(row: Displaced, people: People) {
  const { appointmentId, patientId } = row;
  const { name: patientName = "", unreachable = false } = people[appointmentId] ?? {};
  const patient = { patientId, patientName, unreachable };
  return { appointmentId, reference: referenceOf(appointmentId), ...patient, ...placeOf(row) };
}

/** The parts of a move's cost, in words and points. */
export function moveReasonsOf(why: MoveExplanation): MoveReasons {
  const { days, timeOfDay, earlier, doctor, location } = why.parts;
  const points = (sixtieths: number): number => sixtieths / SIXTIETHS;
  return {
    reasons: reasons(why),
    points: points(why.cost),
    parts: {
      days: points(days),
      timeOfDay: points(timeOfDay),
      earlier: points(earlier),
      doctor: points(doctor),
      location: points(location),
    },
    possible: why.possible,
    cheaperTakenByOthers: why.cheaperTakenByOthers,
  };
}

function problemOf(why: ChangeRefusal, plan?: Impact): ProblemError {
  switch (why.code) {
    case "invalid-request":
    case "duplicate":
      return new ProblemError(why.code, { errors: why.errors });
    case "not-found":
      return new ProblemError(why.code);
    case "wrong-state":
      return new ProblemError(why.code, { current: why.current, detail: why.detail, why: why.why });
    case "version-conflict": {
      const changedAt = why.changedAt === null ? {} : { changedAt: formatInstant(why.changedAt, why.zone) };
      return new ProblemError(why.code, { changedBy: why.changedBy ?? "the system", ...changedAt });
    }
    case "precondition-required": {
      const detail = "Appointments would lose their slot. Preview the change and send its `token` as `previewToken`.";
      return new ProblemError(why.code, { affected: why.affected, detail });
    }
    case "preview-stale":
      return new ProblemError(why.code, { affected: why.affected, plan });
  }
}
