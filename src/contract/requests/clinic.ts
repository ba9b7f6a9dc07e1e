import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Cursor, Id, Limit, type Infer } from "#contract/common.ts";

export const DoctorsQuery = once(() =>
  z.strictObject({
    specialty: z.string().min(1).max(100).optional().meta({ example: "General practice" }),
    status: z.enum(["active", "inactive", "all"]).optional().meta({ description: "Staff only, but for `active`" }),
  }),
);

export const AvailabilityQuery = once(() =>
  z.strictObject({
    doctorId: Id().optional(),
    specialty: z.string().min(1).max(100).optional().meta({ example: "General practice" }),
    from: ClinicDate().optional().meta({ description: "First date, today when left out" }),
    to: ClinicDate().optional().meta({ description: "Last date, included; six days after `from` when left out" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
export type AvailabilityQuery = Infer<typeof AvailabilityQuery>;
