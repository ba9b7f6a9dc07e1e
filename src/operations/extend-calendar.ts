import type { Database } from "#db/client.ts";
import { extendWith, lockCalendar } from "#db/verbs/clinic-calendar.ts";
import { planExtension } from "#domain/calendar/reexpand.ts";

/**
 * Adds the slots that doctors' schedules want until the end of the booking horizon and that are missing. Existing slots stay
 * as they are, so this displaces no patient. Running it again, or twice at once, adds nothing.
 * @returns the number of slots added
 */
export function extendCalendar(db: Database, doctorIds: readonly string[], requestId: string): Promise<number> {
  return db.transaction(async (tx) => {
    const calendar = await lockCalendar(tx, { doctorIds }, false);
    const missing = [...calendar.doctors.values()].flatMap((doctor) => {
      const own = calendar.slots.filter(({ doctorId }) => doctorId === doctor.id);
      return planExtension(calendar, doctor, own);
    });
    return missing.length === 0 ? 0 : await extendWith(tx, requestId, missing);
  });
}
