import type { HolidayFile } from "#domain/holiday-file.ts";

/** The static files that are deployed with the Worker. */
interface Assets {
  fetch: (request: Request) => Promise<Response>;
}

/**
 * The prepared holidays of a country (ISO 3166-1 alpha-2), from among the static files, where they cost the Worker's
 * bundle nothing. Null when there is no file for that country.
 */
export async function readHolidayFile(assets: Assets, origin: string, country: string): Promise<HolidayFile | null> {
  const response = await assets.fetch(new Request(`${origin}/holidays/${country}.json`));
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the file of holidays answered ${response.status}`);
  return await response.json();
}
