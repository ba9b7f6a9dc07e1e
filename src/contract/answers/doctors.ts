import * as z from "zod/v4";
import { Doctor } from "#contract/answers/clinic.ts";

export const DoctorRecord = Doctor.extend({
  ownSlotMinutes: z.int().nullable().meta({ description: "null: the clinic's slot length holds" }),
  leavesOn: z
    .string()
    .nullable()
    .meta({ description: "The first date on which they no longer work here", example: "2027-01-01" }),
  hasLogin: z.boolean().meta({ description: "The doctor has a login" }),
}).meta({ id: "DoctorRecord" });
export type DoctorRecord = z.infer<typeof DoctorRecord>;
