import type { holidays, locations } from "#db/schema/clinic.ts";
import { holidaysFor } from "#dev/holidays/holidays.ts";
import { clinicDates } from "#domain/clinic-time.ts";
import type { Span } from "./calendar.ts";
import { LOCATIONS, type LocationKey, TIME_ZONE } from "./clinic.ts";

type Place = typeof locations.$inferInsert & { id: string };

/** The clinic's locations, and how the templates' short names find their ids. */
export function makeLocations(newId: () => string): { places: Place[]; idOf: (key: LocationKey) => string } {
  const ids = {} as Record<LocationKey, string>;
  const places = (Object.keys(LOCATIONS) as LocationKey[]).map((key, position) => {
    const id = (ids[key] = newId());
    return { id, ...LOCATIONS[key], timeZone: TIME_ZONE, country: "IE", region: null, position };
  });
  return { places, idOf: (key) => ids[key] };
}

/** Ireland's public holidays at every location, for every year the span touches. */
export function makeHolidays(span: Span, places: readonly Place[], newId: () => string, createdAt: Date) {
  const years = new Set(clinicDates(span.from, span.to, 366).map((date) => Number(date.slice(0, 4))));
  const days = [...years].flatMap((year) => holidaysFor({ country: "IE", year }));
  return places.flatMap(({ id: locationId }) =>
    days.map(({ date, name, source }): typeof holidays.$inferInsert => ({
      id: newId(),
      locationId,
      date,
      name,
      source,
      createdAt,
    })),
  );
}
