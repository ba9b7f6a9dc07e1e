import { OperationDetail, OperationItems, Operations, UndoPreview } from "#contract/answers/operations.ts";
import { type Descriptions, UNCHANGED, json, page } from "#reference/describe.ts";

export const operations = {
  listOperations: {
    group: "Operations",
    summary: "Changes of the clinic calendar, and the results for the displaced patients",
    answers: { 200: page(Operations, "Newest first") },
  },
  getOperation: {
    group: "Operations",
    summary: "One operation: who made it, what they had seen, and how far it is",
    answers: {
      200: json(
        OperationDetail,
        "The operation; while it is at work, `Retry-After` says when to ask again",
        "ETag",
        "Retry-After?",
      ),
      304: UNCHANGED,
    },
    refusals: ["not-found"],
  },
  listOperationItems: {
    group: "Operations",
    summary: "The appointments of an operation: from where to where, and why",
    answers: { 200: page(OperationItems, "By their former start") },
    refusals: ["not-found"],
  },
  previewUndoOperation: {
    group: "Operations",
    summary: "Who would go back if an operation were taken back, and who would not",
    answers: { 200: json(UndoPreview, "What it would do; nothing has been done") },
    refusals: ["not-found", "wrong-state"],
  },
  undoOperation: {
    group: "Operations",
    summary: "Take an operation back, as far as it still can be",
    answers: { 201: json(OperationDetail, "The operation that did so", "Location") },
    refusals: ["not-found", "wrong-state", "preview-stale"],
    keyed: true,
  },
} satisfies Descriptions;
