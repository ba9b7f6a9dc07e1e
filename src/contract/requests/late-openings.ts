import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Cursor, Id, Limit } from "#contract/common.ts";

export const LateOpeningPath = once(() => z.object({ slotId: Id() }));

export const LateOpeningsQuery = once(() =>
  z.strictObject({
    doctorId: Id().optional(),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
