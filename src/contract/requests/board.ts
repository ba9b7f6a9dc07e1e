import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Id } from "#contract/common.ts";

export const BoardQuery = once(() =>
  z.strictObject({
    from: ClinicDate().meta({ description: "First date" }),
    to: ClinicDate().meta({ description: "Last date, included; at most six days after `from`" }),
    locationId: Id().optional(),
    doctorId: Id().optional(),
  }),
);
