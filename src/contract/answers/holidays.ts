import * as z from "zod/v4";
import { ClinicDate, Id } from "#contract/common.ts";

export const Holiday = z
  .object({
    id: Id(),
    locationId: Id(),
    date: ClinicDate(),
    name: z.string().meta({ example: "Saint Stephen's Day" }),
    source: z
      .string()
      .meta({ description: "`staff`, or the library it was imported from", example: "date-holidays 3.37.0" }),
  })
  .meta({ id: "Holiday" });
export type Holiday = z.infer<typeof Holiday>;

export const Holidays = z.object({ items: z.array(Holiday), nextCursor: z.null() }).meta({ id: "Holidays" });
