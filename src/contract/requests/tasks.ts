import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Cursor, Limit } from "#contract/common.ts";

export const TASK_KINDS = ["mail-bounced", "mail-complained", "mail-refused", "no-address", "job-failed"] as const;

export const TASK_STATUSES = ["open", "done"] as const;

export const TasksQuery = once(() =>
  z.strictObject({
    status: z.enum(TASK_STATUSES).optional().meta({ description: "All when left out" }),
    kind: z.enum(TASK_KINDS).optional().meta({ description: "All when left out" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
