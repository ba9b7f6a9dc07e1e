import { STOP_REMINDERS, sealId } from "#adapters/links.ts";
import { type Reminded, type ReminderClaim, claimReminders, settleReminders } from "#db/queries/reminders.ts";
import { contextOf } from "#domain/message/context.ts";
import { writeMessage } from "#domain/message/message.ts";
import { MessageRefused } from "#domain/message/sender.ts";
import type { Services } from "#src/context.ts";

/** So many are claimed, sent side by side and settled, one wave after the other. */
const WAVE = 6;

/** A run ends after so long, milliseconds: the next minute's goes on with a fresh Worker's limits. */
const RUN_MS = 50_000;

/**
 * Reminds patients of their appointments, at each of the policy's leads: whatever is due by the state of this moment. Made
 * to run every minute; a run that was missed is made up for, and repeating one is harmless. Throws if a reminder could
 * not be sent; it is tried again by a later run.
 */
export async function runOnce(services: Services): Promise<void> {
  const end = Date.now() + RUN_MS;
  let failure: unknown;
  for (;;) {
    const began = Date.now();
    const claims = await claimReminders(services.db, WAVE);
    const failures = await remind(services, claims);
    failure ??= failures[0];
    if (claims.length < WAVE || failures.length === claims.length || Date.now() >= end) break;
    // Half of what SES takes is left to the notices, which are more urgent.
    const pause = began + (2 * WAVE * 1000) / services.env.SES_PER_SECOND - Date.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  if (failure) throw failure;
}

/** Sends claimed reminders and settles them; answers what kept them from being sent, to be tried again. */
async function remind(services: Services, claims: readonly ReminderClaim[]): Promise<unknown[]> {
  const { db, log } = services;
  const failures: unknown[] = [];
  const sent = claims.map(async (claim): Promise<Reminded> => {
    const { appointmentId } = claim;
    try {
      const messageId = await send(services, claim);
      log("reminded", { appointmentId, messageId });
      return { claim, outcome: "sent", messageId };
    } catch (error) {
      const why = error instanceof Error ? error.name : "unknown";
      log("not-reminded", { appointmentId, error: why });
      if (error instanceof MessageRefused) return { claim, outcome: "failed", why };
      failures.push(error);
      return { claim, outcome: "again", why };
    }
  });
  const settled = await Promise.all(sent);
  // What was sent must be recorded, or it would be sent again: a database that stumbles is asked once more.
  await settleReminders(db, settled).catch(() => settleReminders(db, settled));
  return failures;
}

async function send({ env, sender }: Services, claim: ReminderClaim): Promise<string> {
  const { appointmentId, patientId, deliveryId, particulars, now } = claim;
  const stop = `${env.PUBLIC_URL}/reminders/off/${await sealId(env.LINK_SECRET, STOP_REMINDERS, patientId)}`;
  const context = contextOf(particulars, appointmentId, env.PUBLIC_URL, stop);
  return sender.send({
    ...writeMessage({ kind: "reminder", now, before: null }, context),
    to: particulars.patient.email ?? "",
    fromName: context.clinic.name,
    // One press in the mail program turns them off (RFC 2369 3.2, RFC 8058).
    headers: { "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    tags: { appointment: appointmentId, delivery: deliveryId },
  });
}
