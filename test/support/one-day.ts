import { TIME_ZONE } from "#dev/seed/clinic.ts";
import { clinicDateOf } from "#domain/clinic-time.ts";

/**
 * Runs a check that is only true within one day of the clinic. If it fails and midnight has passed in between, it runs
 * again. So it must be repeatable. Any other failure stands.
 */
export async function withinOneDay(work: () => Promise<void>): Promise<void> {
  const today = (): string => clinicDateOf(Date.now(), TIME_ZONE);
  for (;;) {
    const day = today();
    try {
      return await work();
    } catch (error) {
      if (today() === day) throw error;
    }
  }
}
