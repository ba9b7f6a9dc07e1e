import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Cursor, Limit } from "#contract/common.ts";
import { TOKEN } from "#contract/requests/schedule.ts";
import { ITEM_STATES } from "#domain/closed-lists.ts";

export const OperationsQuery = once(() => z.strictObject({ limit: Limit().optional(), cursor: Cursor().optional() }));

export const UndoOperation = once(() =>
  z
    .strictObject({
      previewToken: z.string().min(1).max(80).meta({ description: "The `token` of the preview", example: TOKEN }),
    })
    .meta({ id: "UndoOperation" }),
);

export const OperationItemsQuery = once(() =>
  z.strictObject({
    state: z.enum(ITEM_STATES).optional().meta({ description: "All when left out" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
