import * as z from "zod/v4";
import { NextCursor, text } from "#contract/answers/common.ts";
import { ClinicDate, Id, Instant } from "#contract/common.ts";

export const Location = z
  .object({
    id: Id(),
    name: z.string().meta({ example: "Main Street" }),
    address: z.string().meta({ example: "2 Main Street, Dublin 2" }),
    timeZone: z.string().meta({ description: "IANA time zone", example: "Europe/Dublin" }),
    country: text("IE", "ISO 3166-1 alpha-2: whose public holidays it has"),
    region: text("BY", "ISO 3166-2 without the country; null: it has the holidays of the whole country").nullable(),
  })
  .meta({ id: "Location" });
export type Location = z.infer<typeof Location>;

/** The configuration that an app needs before a login. */
export const Config = z
  .object({
    issuer: z.string().meta({ example: "https://clinic.eu.auth0.com/" }),
    clientId: z.object({ patient: text("holdfast-patient"), staff: text("holdfast-staff") }),
    audience: text("https://book.clinic.example/api"),
    apiKey: z
      .object({ patient: text("hk_AZrB3nwbfhqfYD06XQ9MEQ_…").nullable(), staff: text("hk_AZrB3n…").nullable() })
      .meta({ description: "What each of our own apps sends as `X-Api-Key`; null: nothing" }),
    clinic: z.object({
      name: z.string().meta({ example: "Liffey Clinic" }),
      phone: z.string().meta({ example: "+353 1 555 0100" }),
      timeZone: text("Europe/Dublin"),
    }),
    locations: z.array(Location),
    locales: z.array(text("en")).meta({ description: "The languages patients can choose, the default first" }),
    holdSeconds: z.int().meta({ description: "How long a hold lasts, seconds" }),
    freezeHours: z.int().meta({ description: "Patients cannot change an appointment in the last hours before it" }),
  })
  .meta({ id: "Config" });
export type Config = z.infer<typeof Config>;

export const Doctor = z
  .object({
    id: Id(),
    name: z.string().meta({ example: "Dr Byrne" }),
    specialty: z.string().meta({ example: "General practice" }),
    slotMinutes: z.int(),
    locationIds: z.array(Id()),
    active: z.boolean().meta({ description: "false only where staff ask for those who left" }),
  })
  .meta({ id: "Doctor" });
export type Doctor = z.infer<typeof Doctor>;

export const Doctors = z
  .object({ items: z.array(Doctor), nextCursor: z.null(), specialties: z.array(text("General practice")) })
  .meta({ id: "Doctors" });
export type Doctors = z.infer<typeof Doctors>;

export const Slot = z
  .object({ id: Id(), doctorId: Id(), locationId: Id(), startsAt: Instant(), endsAt: Instant() })
  .meta({ id: "Slot" });
export type Slot = z.infer<typeof Slot>;

export const EMPTY_DAY_REASONS = ["holiday", "absent", "full", "not-released", "past", "limit"] as const;

const reason = z.enum(EMPTY_DAY_REASONS).optional().meta({
  description:
    "Why the day is empty; left out when the clinic has no sessions that day. `limit`: the patient can book no more for now",
});

export const AvailabilityDay = z
  .object({
    date: ClinicDate(),
    slots: z.array(Slot),
    reason,
  })
  .meta({ id: "AvailabilityDay" });

export const Availability = z
  .object({
    days: z.array(AvailabilityDay),
    nextAvailable: Slot.nullable().meta({ description: "The first free slot from `from` on, also after `to`" }),
    nextCursor: NextCursor,
  })
  .meta({ id: "Availability" });
export type Availability = z.infer<typeof Availability>;

export const AvailableDays = z
  .object({
    days: z.array(
      z.object({
        date: ClinicDate(),
        times: z.int().meta({ description: "Different starts by location and specialty", example: 18 }),
        reason,
      }),
    ),
    nextDate: ClinicDate()
      .nullable()
      .meta({ description: "The first date with a time from `from` on, also after `to`" }),
  })
  .meta({ id: "AvailableDays" });
export type AvailableDays = z.infer<typeof AvailableDays>;
