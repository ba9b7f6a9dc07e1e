import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { nextDoctors } from "#db/queries/clinic-calendar.ts";
import { extendCalendar } from "#operations/extend-calendar.ts";
import { retireDoctors } from "#db/verbs/clinic-calendar.ts";
import { causeOf } from "#lib/cause.ts";
import type { Services } from "#src/context.ts";

/** All doctors, or those after the last doctor of a run that was cut short. */
export const ExtendPayload = once(() => z.strictObject({ after: z.uuid().optional() }));

/** Batch size, doctors: one transaction reads and compares all their slots of a whole horizon. */
const DOCTORS = 5;

/** Maximum number of doctors in a run of a minute or two. The next run continues with the doctors after them. */
const DOCTORS_A_RUN = 200;

/**
 * Switches off the records of doctors who have left. Extends every active doctor's slots to the end of the booking horizon,
 * or to the day they leave. Each batch of doctors is one transaction: after a run that is cut short, the next run does the
 * rest. A batch that fails is logged, and the other batches are still extended.
 * @throws the last batch's error, so that the caller runs the job again
 */
export async function runOnce(
  { db, queue, log }: Pick<Services, "db" | "queue" | "log">,
  { after }: Infer<typeof ExtendPayload>,
): Promise<void> {
  const requestId = crypto.randomUUID();
  if (after === undefined) log("retired", { count: await retireDoctors(db, requestId) });
  let last: string | null = after ?? null;
  let count = 0;
  let failure: unknown;
  for (let done = 0; done < DOCTORS_A_RUN; done += DOCTORS) {
    const ids = await nextDoctors(db, last, DOCTORS);
    if (ids.length === 0) break;
    count += await extendCalendar(db, ids, requestId).catch((error: unknown) => {
      failure = error;
      log("not-extended", { doctorIds: ids, ...causeOf(error) });
      return 0;
    });
    last = ids.at(-1) ?? null;
    if (done + DOCTORS >= DOCTORS_A_RUN && last) {
      await queue.publish("extend-horizon", { after: last }, { notBefore: 0, dedupe: `extend-${requestId}` });
    }
  }
  log("extended", { count });
  if (failure) throw failure;
}
