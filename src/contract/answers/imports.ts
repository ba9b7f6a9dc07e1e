import * as z from "zod/v4";
import { NextCursor, text } from "#contract/answers/common.ts";
import { Id, Instant } from "#contract/common.ts";
import { PROBLEMS, type ProblemCode } from "#contract/problem.ts";
import { IMPORT_KINDS, IMPORT_PHASES, IMPORT_STATES } from "#domain/closed-lists.ts";

const Kind = z.enum(IMPORT_KINDS);
const State = z.enum(IMPORT_STATES).meta({
  description: "`unchanged`: it was there already; `kept`: something was built on it before the import was undone",
});

export const ImportAnswer = z
  .object({
    id: Id(),
    name: text("practice-2026-12"),
    source: text("practice"),
    dryRun: z.boolean(),
    notify: z.boolean(),
    phase: z.enum(IMPORT_PHASES),
    createdAt: Instant(),
    undoneAt: Instant().nullable(),
  })
  .meta({ id: "Import" });
export type ImportAnswer = z.infer<typeof ImportAnswer>;

const ImportFinding = z
  .object({
    code: z
      .enum([
        ...(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
        "corrected",
        "possible-duplicate",
        "built-on",
      ])
      .meta({ description: "Of a refused row: the code with which registering would refuse it" }),
    detail: text("Not after today"),
    field: text("dateOfBirth", "The member, if it is about one").optional(),
    row: z.int().optional().meta({ description: "The other row that it is about" }),
    patientId: Id().optional().meta({ description: "The clinic's record that may be of the same person" }),
    same: z
      .array(z.string())
      .optional()
      .meta({ description: "In what the records are the same", example: ["name"] }),
    why: text("changed", "What was built on it").optional(),
  })
  .meta({ id: "ImportFinding" });
export type ImportFinding = z.infer<typeof ImportFinding>;

const ImportRowAnswer = z
  .object({
    kind: Kind,
    row: z.int(),
    sourceId: text("p-1").nullable(),
    state: State,
    recordId: Id().nullable().meta({ description: "The record that the row is now" }),
    findings: z.array(ImportFinding),
  })
  .meta({ id: "ImportRow" });
export type ImportRowAnswer = z.infer<typeof ImportRowAnswer>;

export const ImportChunkAnswer = z
  .object({ import: ImportAnswer, rows: z.array(ImportRowAnswer) })
  .meta({ id: "ImportChunkReport" });

export const ImportReportAnswer = ImportAnswer.extend({
  counts: z.array(
    z.object({
      kind: Kind,
      state: State,
      rows: z.int(),
      corrected: z.int().meta({ description: "Rows of which something was corrected" }),
      duplicates: z.int().meta({ description: "Rows that may be of a person who has another record" }),
    }),
  ),
  chunks: z
    .array(z.object({ kind: Kind, fromRow: z.int(), rows: z.int() }))
    .meta({ description: "The parts that were taken" }),
  rows: z.array(ImportRowAnswer).meta({ description: "A page of the rows, by kind and number" }),
  nextCursor: NextCursor,
}).meta({ id: "ImportReport" });

export const ImportUndoAnswer = ImportAnswer.extend({
  remaining: z
    .int()
    .meta({ description: "Rows that are still to be removed: ask again, under another key, until it is 0" }),
}).meta({ id: "ImportUndo" });
