import * as z from "zod/v4";
import { AuditTrail } from "#contract/answers/audit.ts";
import type { Descriptions } from "#reference/describe.ts";

export const audit = {
  readAudit: {
    group: "Audit",
    summary: "Who did what for which patient, newest first; as CSV by the Accept header",
    answers: {
      200: {
        description: "A page as JSON, or all that was asked for (at most 100000 entries) as a CSV file",
        content: { "application/json": AuditTrail, "text/csv": z.string() },
        headers: ["Link?", "Content-Disposition?"],
      },
    },
  },
} satisfies Descriptions;
