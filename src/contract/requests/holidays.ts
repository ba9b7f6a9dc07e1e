import * as z from "zod/v4";
import { once } from "#lib/once.ts";
import { ClinicDate, Id } from "#contract/common.ts";
import { Name } from "#contract/requests/patients.ts";
import { Country, Region } from "#contract/requests/places.ts";
import { PreviewToken } from "#contract/requests/schedule.ts";

const year = once(() => z.coerce.number().int().min(1900).max(2999));

export const HolidaysQuery = once(() =>
  z.strictObject({
    locationId: Id().optional(),
    year: year().optional().meta({ description: "All that are kept when left out" }),
  }),
);

export const PreviewHoliday = once(() =>
  z
    .strictObject({
      date: z.string().max(10).meta({ example: "2026-12-26" }),
      name: Name(100).meta({ example: "Saint Stephen's Day" }),
      locationId: Id().optional().meta({ description: "Every location when left out" }),
    })
    .meta({ id: "PreviewHoliday" }),
);

export const CreateHoliday = once(() =>
  PreviewHoliday().extend({ previewToken: PreviewToken() }).meta({ id: "CreateHoliday" }),
);

export const PreviewImport = once(() =>
  z
    .strictObject({
      country: Country().meta({ description: "ISO 3166-1 alpha-2", example: "IE" }),
      region: Region()
        .optional()
        .meta({ description: "ISO 3166-2 without the country, with a part of it after a dash", example: "BY" }),
      year: z.int().meta({ example: 2027 }),
      locationId: Id().optional().meta({ description: "Every location in that country when left out" }),
      also: z.array(ClinicDate()).max(50).optional().meta({
        description: "Days of the list that are no public holidays, and become holidays of the clinic as well",
      }),
    })
    .meta({ id: "PreviewImport" }),
);

export const ImportHolidays = once(() =>
  PreviewImport().extend({ previewToken: PreviewToken() }).meta({ id: "ImportHolidays" }),
);
