import type { Operation, OperationDetail, OperationItem, UndoPreview } from "#contract/answers/operations.ts";
import type { OperationDetailRow, OperationItemRow, OperationRow } from "#db/queries/operations.ts";
import type { UndoPreview as UndoPreviewRow, UndoRefusal } from "#operations/undo-operation.ts";
import { isUndoable, reachOf } from "#domain/calendar/inverse.ts";
import { type Kept, keptInWords } from "#domain/calendar/undo.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { whyInWords } from "#domain/placement.ts";
import { SIXTIETHS } from "#domain/reassignment/cost.ts";
import type { MoveExplanation, Unplaceable } from "#domain/reassignment/model.ts";
import { referenceOf } from "#domain/reference.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { moveReasonsOf } from "#http/calendar-change.ts";
import { placeOf } from "#http/presenters/rows.ts";

/** Operations as the wire has them. */
export function operationOf(row: OperationRow): Operation {
  const { id, change, changed, actor, phase, displaced, counts, undoOf, undoneBy, zone } = row;
  return {
    id,
    kind: change.kind,
    about: reachOf(change, changed, zone),
    by: actor,
    at: formatInstant(row.createdAt, zone),
    phase,
    finishedAt: row.finishedAt === null ? null : formatInstant(row.finishedAt, zone),
    counts: { displaced, ...counts },
    etaSeconds: etaOf(row),
    undoOf,
    undoneBy,
    undoable: phase === "done" && undoOf === null && undoneBy === null && isUndoable(change, changed),
  };
}

export function operationDetailOf(row: OperationDetailRow): OperationDetail {
  const { preview, proof } = row;
  return {
    ...operationOf(row),
    preview,
    proof: proof && { placed: proof.placed, points: proof.cost / SIXTIETHS, boundPoints: proof.bound / SIXTIETHS },
  };
}

/** Remaining time at the pace so far, whole seconds. Null when it is done, or has decided nothing yet. */
function etaOf({ phase, displaced, counts: { pending }, createdAt, now }: OperationRow): number | null {
  const decided = displaced - pending;
  if (phase === "done" || decided <= 0) return null;
  return Math.ceil(((now - createdAt) / decided) * (pending / 1000));
}

export function operationItemOf(row: OperationItemRow): OperationItem {
  const { appointmentId, patientId, patientName, from, to, state, previewed, decidedAt } = row;
  return {
    appointmentId,
    reference: referenceOf(appointmentId),
    patientId,
    patientName,
    from: placeOf(from),
    to: to && { ...placeOf(to), slotId: to.slotId },
    state,
    why: whyOf(row),
    previewed: previewed && { to: previewed.to && placeOf(previewed.to) },
    decidedAt: decidedAt === null ? null : formatInstant(decidedAt, from.zone),
  };
}

function whyOf({ state, explanation }: OperationItemRow): OperationItem["why"] {
  if (explanation === null) return null;
  if (!("code" in explanation)) {
    const weighed = moveReasonsOf(explanation satisfies MoveExplanation);
    return { text: weighed.reasons.join(", "), code: null, weighed };
  }
  const { code } = explanation;
  if (code === "elsewhere") return { text: "It was cancelled or given another time in between.", code, weighed: null };
  if (code === "restored") return { text: "It is back where it was.", code, weighed: null };
  const text = state === "kept" ? keptInWords(explanation as Kept) : whyInWords(explanation as Unplaceable);
  return { text, code, weighed: null };
}

export function undoPreviewOf({ token, back, kept, zones }: UndoPreviewRow): UndoPreview {
  const place = (at: UndoPreviewRow["back"][number]["item"]["at"]) =>
    placeOf({ ...at, zone: zones[at.locationId] ?? "UTC" });
  const undone = ({ appointmentId, patientId, at }: UndoPreviewRow["back"][number]["item"]) => ({
    appointmentId,
    reference: referenceOf(appointmentId),
    patientId,
    at: place(at),
  });
  return {
    token,
    back: back.map(({ item }) => ({ ...undone(item), to: place(item.from) })),
    kept: kept.map(({ item, why }) => ({ ...undone(item), why: { code: why.code, text: keptInWords(why) } })),
  };
}

/** The problem for an operation that was not taken back. */
export function undoProblem(why: UndoRefusal): ProblemError {
  switch (why.code) {
    case "not-found":
      return new ProblemError("not-found");
    case "preview-stale":
      return new ProblemError("preview-stale");
    case "displaces": {
      const others = why.displaced === 1 ? "Another appointment" : `${why.displaced} other appointments`;
      const detail = `${others} would lose their slot by it. Change the calendar itself, with its preview.`;
      return new ProblemError("wrong-state", { current: "in-use", detail, affected: why.displaced });
    }
    case "impossible":
      return new ProblemError("wrong-state", { current: "impossible", detail: why.detail });
    case "wrong-state":
      return new ProblemError(
        "wrong-state",
        { current: why.current, detail: DETAIL[why.current] },
        why.current === "reassigning" ? { "Retry-After": "2" } : {},
      );
  }
}

const DETAIL: Record<Extract<UndoRefusal, { code: "wrong-state" }>["current"], string> = {
  reassigning: "Its appointments are still being placed: wait until it is done.",
  undone: "It has been taken back already.",
  undo: "It takes another operation back itself. Make that change again instead.",
  nothing: "What it changed is not there any more.",
  "changed-since": "The same has been changed again since: take that back first.",
};
