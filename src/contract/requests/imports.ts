import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Cursor, Limit, type Infer } from "#contract/common.ts";
import { Name } from "#contract/requests/patients.ts";
import { IMPORT_KINDS, IMPORT_STATES } from "#domain/closed-lists.ts";

/** Maximum number of rows in a part of a file: they are judged and written within the database's time for a statement. */
export const MAX_ROWS = 500;

/** Maximum length of a part, UTF-16 code units. */
const MAX_CONTENT = 400_000;

export const ImportChunk = once(() =>
  z
    .strictObject({
      name: Name(100).meta({
        description: "The import that this is a part of; the first part begins it",
        example: "practice-2026-12",
      }),
      source: Name(100).meta({
        description: "The system whose ids the rows have: an id of it is imported once, whatever the import",
        example: "practice",
      }),
      dryRun: z.boolean().meta({ description: "true: the rows are judged, and none is written", example: true }),
      notify: z
        .boolean()
        .optional()
        .meta({ description: "true: patients get a mail about each appointment to come; otherwise none" }),
      kind: z.enum(IMPORT_KINDS).meta({ example: "patients" }),
      format: z
        .enum(["csv", "jsonl"])
        .meta({ description: "`csv`: each part begins with the header", example: "jsonl" }),
      firstRow: z
        .int()
        .min(1)
        .max(10_000_000)
        .meta({ description: "The number of the part's first row in its file, for the report", example: 1 }),
      content: z
        .string()
        .min(1)
        .max(MAX_CONTENT)
        .meta({
          description: `At most ${MAX_ROWS} rows`,
          example: '{"id":"p-1","name":"Niamh Ní Bhriain","dateOfBirth":"1984-02-29","phone":"01 555 0123"}',
        }),
    })
    .meta({ id: "ImportChunk" }),
);
export type ImportChunk = Infer<typeof ImportChunk>;

export const ImportQuery = once(() =>
  z.strictObject({
    state: z.enum(IMPORT_STATES).optional().meta({ description: "Only rows that came to this" }),
    findings: z.enum(["true", "false"]).optional().meta({ description: "true: only rows that have findings" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
