import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { isTimeZone } from "#domain/time-zone.ts";
import { Name, Phone } from "#contract/requests/patients.ts";

export const TimeZone = once(() =>
  z
    .string()
    .max(60)
    .refine(isTimeZone, "Must be the name of a time zone, such as Europe/Dublin")
    .meta({ description: "IANA time zone", example: "Europe/Dublin" }),
);

/** ISO 3166-1 alpha-2. */
export const Country = once(() => z.string().regex(/^[A-Z]{2}$/, "Two capital letters, such as IE"));

/** ISO 3166-2 without the country, with a part of it after a hyphen. */
export const Region = once(() =>
  z.string().regex(/^[A-Za-z0-9]{1,6}(-[A-Za-z0-9]{1,6})?$/, "Letters and digits, at most one hyphen, such as BY"),
);

export const ClinicName = once(() => Name(100).meta({ example: "Liffey Clinic" }));

export const ChangeClinic = once(() =>
  z
    .strictObject({
      name: ClinicName().optional(),
      phone: Phone().optional().meta({ description: "What patients call when they cannot go on online" }),
      timeZone: TimeZone().optional().meta({ description: "Decides what today is for the clinic as a whole" }),
    })
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .meta({ id: "ChangeClinic", example: { phone: "+353 1 555 0100" } }),
);

/** The members of every location, whether staff or `npm run setup` make it. */
export const locationMembers = once(() => ({
  name: Name(100).meta({ example: "Main Street" }),
  address: Name(200).meta({
    description: "One line, as mails and calendars show it",
    example: "2 Main Street, Dublin 2",
  }),
  timeZone: TimeZone(),
  country: Country().meta({ description: "ISO 3166-1 alpha-2: whose public holidays apply", example: "IE" }),
}));

const optionalRegion = once(() =>
  Region()
    .nullable()
    .optional()
    .meta({ description: "ISO 3166-2 without the country; null: the whole country's holidays only", example: "BY" }),
);

export const CreateLocation = once(() =>
  z.strictObject({ ...locationMembers(), region: optionalRegion() }).meta({
    id: "CreateLocation",
    example: { name: "Main Street", address: "2 Main Street, Dublin 2", timeZone: "Europe/Dublin", country: "IE" },
  }),
);

export const ChangeLocation = once(() =>
  z
    .strictObject({ ...locationMembers(), region: optionalRegion() })
    .partial()
    .refine((change) => Object.keys(change).length > 0, "Name at least one member to change")
    .refine((change) => change.region === undefined || change.country !== undefined, {
      path: ["country"],
      message: "Name the country with its region",
    })
    .meta({ id: "ChangeLocation", example: { address: "4 Main Street, Dublin 2" } }),
);
