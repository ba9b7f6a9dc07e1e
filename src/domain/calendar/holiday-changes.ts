import type { CalendarChange, Decision } from "./change.ts";
import { planClosures } from "./closures.ts";
import type { Calendar } from "./model.ts";

type Added = Extract<CalendarChange, { kind: "holidays-add" }>;
type Removed = Extract<CalendarChange, { kind: "holiday-remove" }>;

/** The locations of a holiday; empty if there are none. */
function holidayLocations(
  calendar: Pick<Calendar, "locations">,
  { locationId, country }: Pick<Added, "locationId" | "country">,
): string[] {
  return [...calendar.locations.values()]
    .filter(({ id, country: own }) => (locationId === null ? country === null || own === country : id === locationId))
    .map(({ id }) => id);
}

/** Closes every slot of those dates at those locations. */
export function planHolidaysAdded(calendar: Calendar, change: Added): Decision {
  const { days, locationId, country } = change;
  const places = holidayLocations(calendar, change);
  if (places.length === 0) {
    const detail =
      locationId === null ? `The clinic has no location in ${country}.` : `There is no location "${locationId}".`;
    const pointer = locationId === null ? "/country" : "/locationId";
    return { fault: { code: "invalid-request", errors: [{ pointer, detail, why: "unknown-location" }] } };
  }
  const dates = days.map(({ date }) => date);
  const after = withHolidays(calendar, places, (holidays) => new Set([...holidays, ...dates]));
  return { plan: planClosures(calendar, after), reason: "holiday" };
}

/** Opens the slots that these holidays alone had closed. */
export function planHolidayRemoved(calendar: Calendar, { days }: Removed): Decision {
  if (days.length === 0) return { fault: { code: "not-found" } };
  const after = days.reduce(
    (before, { locationId, date }) =>
      withHolidays(before, [locationId], (holidays) => new Set([...holidays].filter((day) => day !== date))),
    calendar,
  );
  return { plan: planClosures(calendar, after), reason: "holiday" };
}

function withHolidays(
  calendar: Calendar,
  places: readonly string[],
  change: (holidays: ReadonlySet<string>) => ReadonlySet<string>,
): Calendar {
  const locations = new Map(calendar.locations);
  for (const id of places) {
    const location = locations.get(id);
    if (location) locations.set(id, { ...location, holidays: change(location.holidays) });
  }
  return { ...calendar, locations };
}
