import * as z from "zod/v4";
import { text } from "#contract/answers/common.ts";
import { Location } from "#contract/answers/clinic.ts";

export const Clinic = z
  .object({
    name: text("Liffey Clinic"),
    phone: text("+353 1 555 0100"),
    timeZone: text("Europe/Dublin"),
  })
  .meta({ id: "Clinic" });
export type Clinic = z.infer<typeof Clinic>;

export const ClinicLocation = Location.extend({
  country: text("IE", "ISO 3166-1 alpha-2: whose public holidays apply"),
  region: text("BY", "ISO 3166-2 without the country; null: the whole country's holidays only").nullable(),
}).meta({ id: "ClinicLocation" });
export type ClinicLocation = z.infer<typeof ClinicLocation>;

export const ClinicLocations = z
  .object({ items: z.array(ClinicLocation), nextCursor: z.null() })
  .meta({ id: "ClinicLocations" });
