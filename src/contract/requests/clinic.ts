import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Cursor, Id, Limit, PatientId, type Infer } from "#contract/common.ts";

const specialty = once(() =>
  z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "Only doctors of this specialty", example: "General practice" }),
);

export const DoctorsQuery = once(() =>
  z.strictObject({
    specialty: specialty(),
    status: z.enum(["active", "inactive", "all"]).optional().meta({ description: "Staff only, but for `active`" }),
  }),
);

export const AvailabilityQuery = once(() =>
  z.strictObject({
    doctorId: Id().optional(),
    specialty: specialty(),
    patientId: PatientId().optional().meta({ description: "Staff: the patient who wants a time" }),
    appointmentId: Id().optional().meta({
      description: "The patient's appointment to move: times during it are free then",
    }),
    from: ClinicDate().optional().meta({ description: "First date, today when left out" }),
    to: ClinicDate().optional().meta({ description: "Last date, included; six days after `from` when left out" }),
    limit: Limit().optional(),
    cursor: Cursor().optional(),
  }),
);
export type AvailabilityQuery = Infer<typeof AvailabilityQuery>;
