import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Cursor, Limit } from "#contract/common.ts";
import { TASK_KINDS, TASK_STATUSES } from "#domain/closed-lists.ts";

export const TasksQuery = once(() =>
  z.strictObject({
    status: z.enum(TASK_STATUSES).optional().meta({ description: "All when left out" }),
    kind: z.enum(TASK_KINDS).optional().meta({ description: "All when left out" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
