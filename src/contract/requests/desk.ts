import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Id, PatientId } from "#contract/common.ts";

export const OpeningsQuery = once(() =>
  z.strictObject({
    doctorId: Id().optional(),
    specialty: z.string().min(1).max(100).optional().meta({ example: "General practice" }),
    locationId: Id().optional(),
    from: ClinicDate().optional().meta({ description: "First date, today when left out" }),
    patientId: PatientId().optional(),
  }),
);

/** Half a year: longer series are for the audit trail's export. */
const MAX_WEEKS = 26;

export const TodayQuery = once(() =>
  z.strictObject({
    doctorId: Id().optional().meta({ description: "Staff only; doctors see their own day" }),
    locationId: Id().optional(),
    weeks: z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_WEEKS)
      .optional()
      .meta({ description: "Whole weeks before this one to count; 0 leaves the series out, 8 when left out" }),
  }),
);
