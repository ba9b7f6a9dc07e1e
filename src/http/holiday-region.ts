import type { Context } from "hono";
import { readHolidayFile } from "#adapters/holiday-files.ts";
import type { HolidayFile } from "#domain/holiday-file.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";

/**
 * The prepared holidays of a country (ISO 3166-1 alpha-2).
 * @throws {ProblemError} 400 for a country without any
 */
export async function holidaysOf(c: Context<App>, country: string): Promise<HolidayFile> {
  const file = await readHolidayFile(c.env.ASSETS, c.get("services").env.PUBLIC_URL, country);
  if (file) return file;
  throw notPrepared("/country", `No holidays are prepared for the country "${country}" (ISO 3166-1, such as IE).`);
}

/** 400: the country has no such region, with the regions that there are. */
export function unknownRegion(file: HolidayFile, region: string | null): ProblemError {
  const known = Object.keys(file.regions);
  const advice = known.length > 0 ? `There are: ${known.join(", ")}.` : `${file.name} has no regions.`;
  return notPrepared("/region", `No holidays are prepared for the region "${region}". ${advice}`);
}

/** 400 at a member of the body. */
export function notPrepared(pointer: string, detail: string): ProblemError {
  return new ProblemError("invalid-request", { errors: [{ pointer, detail }] });
}
