import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { Login } from "#contract/requests/doctors.ts";
import { PersonName } from "#contract/requests/patients.ts";

export const StaffQuery = once(() =>
  z.strictObject({
    status: z.enum(["active", "inactive", "all"]).optional().meta({ description: "`active` when left out" }),
  }),
);

const Administrator = once(() =>
  z.boolean().optional().meta({ description: "May change accounts, policy and API clients, and merge records" }),
);

export const CreateStaff = once(() =>
  z.strictObject({ name: PersonName(), subject: Login(), administrator: Administrator() }).meta({ id: "CreateStaff" }),
);

export const ChangeStaff = once(() =>
  z
    .strictObject({
      name: PersonName().optional(),
      administrator: Administrator(),
      active: z
        .boolean()
        .optional()
        .meta({ description: "false: every session of the person ends, and they can no longer log in" }),
    })
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .meta({ id: "ChangeStaff", example: { administrator: true } }),
);
