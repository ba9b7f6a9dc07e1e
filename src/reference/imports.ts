import { ImportChunkAnswer, ImportReportAnswer, ImportUndoAnswer } from "#contract/answers/imports.ts";
import { type Descriptions, json, page } from "#reference/describe.ts";

const description = "Administrators only.";

export const imports = {
  importChunk: {
    group: "Import",
    summary: "Bring a part of a file of another system",
    description:
      "Administrators only. Every row is accepted, found unchanged, or refused with the reason that registering would give. " +
      "No patient is notified unless `notify` is true. The same part sent again gets the same report.",
    answers: { 200: json(ImportChunkAnswer, "What became of each row") },
    refusals: ["step-up-required", "wrong-state"],
    keyed: true,
  },
  getImport: {
    group: "Import",
    summary: "An import, its counts, and what became of its rows",
    description,
    answers: { 200: page(ImportReportAnswer, "The report") },
    refusals: ["not-found"],
  },
  undoImport: {
    group: "Import",
    summary: "Take an import back, as long as nothing was built on it",
    description: "Administrators only. A request removes up to a thousand rows: ask again until `remaining` is 0.",
    answers: { 200: json(ImportUndoAnswer, "How far it is") },
    refusals: ["step-up-required", "not-found", "wrong-state"],
    keyed: true,
  },
} satisfies Descriptions;
