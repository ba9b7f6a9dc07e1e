import * as z from "zod/v4";
import { PARTS_OF_DAY } from "#domain/part-of-day.ts";
import { once } from "#lib/once.ts";
import { ClinicDate, Cursor, Id, PatientId, type Infer } from "#contract/common.ts";

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

/** Most slots of one page: three days of a large clinic fit into one answer. */
const MAX_SLOTS = 1000;

const wanted = once(() => ({
  doctorId: Id().optional(),
  specialty: specialty(),
  locationId: Id().optional(),
  weekday: z.coerce
    .number()
    .int()
    .min(1)
    .max(7)
    .optional()
    .meta({ description: "Only this weekday: 1 is Monday, 7 is Sunday", example: 3 }),
  partOfDay: z
    .enum(PARTS_OF_DAY)
    .optional()
    .meta({ description: "By the location's clock: `morning` before 12:00, `afternoon` before 17:00" }),
  patientId: PatientId().optional().meta({ description: "Staff: the patient who wants a time" }),
  appointmentId: Id().optional().meta({
    description: "The patient's appointment to move: times during it are free then",
  }),
  from: ClinicDate().optional().meta({ description: "First date, today when left out" }),
  to: ClinicDate().optional().meta({ description: "Last date, included; six days after `from` when left out" }),
}));

export const AvailableDaysQuery = once(() => z.strictObject(wanted()));
export type AvailableDaysQuery = Infer<typeof AvailableDaysQuery>;

export const AvailabilityQuery = once(() =>
  z.strictObject({
    ...wanted(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_SLOTS)
      .optional()
      .meta({ description: `Slots on a page, at most ${MAX_SLOTS}; 200 when left out` }),
    cursor: Cursor().optional(),
  }),
);
export type AvailabilityQuery = Infer<typeof AvailabilityQuery>;
