import type { HolidayFile } from "#domain/holiday-file.ts";

/** The binding of the static assets. */
interface Assets {
  fetch: (request: Request) => Promise<Response>;
}

/**
 * The holidays of a country (ISO 3166-1 alpha-2) from the static assets, which keeps them out of the Worker's bundle. Null
 * if there is no file for that country.
 */
export async function readHolidayFile(assets: Assets, origin: string, country: string): Promise<HolidayFile | null> {
  const response = await assets.fetch(new Request(`${origin}/holidays/${country}.json`));
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`the file of holidays answered ${response.status}`);
  return await response.json();
}
