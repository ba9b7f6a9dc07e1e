import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { isWithinCalendar } from "#lib/cursor.ts";
import { CANCELLED_BY, type IMPORT_KINDS } from "#domain/closed-lists.ts";
import { CANCELLATION_CODES, Reason } from "#contract/requests/appointments.ts";
import { CreateDoctor } from "#contract/requests/doctors.ts";
import { CreatePatient, Name } from "#contract/requests/patients.ts";
import { Said } from "#contract/common.ts";

/** An id of the other system. One that is a UUID stays the record's id here. */
const SourceId = once(() => Name(100));

const DoctorRow = once(() => CreateDoctor().extend({ id: SourceId() }));

const PatientRow = once(() =>
  CreatePatient().extend({ id: SourceId(), reminders: z.boolean().optional(), keepsLocation: z.boolean().optional() }),
);

/** A row of the weekly schedule. What its times and dates must be, the domain says (src/domain/schedule). */
const ScheduleRow = once(() =>
  z.strictObject({
    id: SourceId(),
    doctor: SourceId(),
    location: Name(200).optional(),
    weekday: z.int(),
    from: z.string().max(5),
    to: z.string().max(5),
    slotMinutes: z.int().optional(),
    validFrom: z.string().max(10),
    validTo: z.string().max(10).optional(),
  }),
);

/** An instant with its offset, or a time on the wall clock of the location. */
const When = once(() =>
  z
    .string()
    .max(40)
    .overwrite((said) => said.trim().replace(" ", "T"))
    .refine(isWhen, "Must be a date and a time of day, such as 2024-05-03T09:15 or 2024-05-03T09:15:00+01:00"),
);

function isWhen(said: string): boolean {
  const form = /^(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)(Z|[+-](0\d|1[0-4]):[0-5]\d)?$/;
  const [, date = "", time = ""] = form.exec(said) ?? [];
  const wall = new Date(`${date}${time}Z`);
  return isWithinCalendar(date) && !Number.isNaN(wall.getTime()) && wall.toISOString().startsWith(date);
}

const CODES = [...new Set(CANCELLED_BY.flatMap((by) => CANCELLATION_CODES[by] as readonly string[]))];

/** An appointment to come or of the past. `moved` is imported as booked: the patient has answered elsewhere, or never. */
const AppointmentRow = once(() =>
  z
    .strictObject({
      id: SourceId(),
      patient: SourceId(),
      doctor: SourceId(),
      location: Name(200).optional(),
      startsAt: When(),
      endsAt: When().optional(),
      minutes: z.int().min(1).max(1440).optional(),
      status: z.enum(["booked", "moved", "arrived", "completed", "no-show", "cancelled"]).optional(),
      reason: Reason().optional(),
      overlapAllowed: z.boolean().optional(),
      changesUsed: z.int().min(0).max(1000).optional(),
      cancelledBy: z.enum(CANCELLED_BY).optional(),
      cancelCode: z.enum(CODES).optional(),
      cancelNote: Said().optional(),
    })
    .refine((row) => (row.cancelledBy === undefined) === (row.cancelCode === undefined), {
      path: ["cancelCode"],
      message: "Goes with cancelledBy",
    })
    .refine((row) => row.status === "cancelled" || row.cancelledBy === undefined, {
      path: ["cancelledBy"],
      message: "Only of a cancelled appointment",
    })
    .refine(
      ({ cancelledBy: by, cancelCode: code }) =>
        by === undefined || (CANCELLATION_CODES[by] as readonly string[]).includes(code ?? ""),
      { path: ["cancelCode"], message: "Is no reason of theirs" },
    ),
);

/** What a row of each kind must be. Members that are left out have the value that registering gives them. */
export const IMPORT_ROWS = {
  doctors: DoctorRow,
  patients: PatientRow,
  schedules: ScheduleRow,
  appointments: AppointmentRow,
} satisfies Record<(typeof IMPORT_KINDS)[number], () => z.ZodType>;

/** Members whose cells in a CSV file are numbers or truth values. */
export const NUMBERS = ["slotMinutes", "weekday", "minutes", "changesUsed"];
export const TRUTHS = ["reminders", "keepsLocation", "overlapAllowed"];
