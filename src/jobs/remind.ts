import { STOP_REMINDERS, sealId } from "#adapters/links.ts";
import { answersTo } from "#adapters/mail-links.ts";
import { type Reminded, type ReminderClaim, claimReminders, settleReminders } from "#db/verbs/reminders.ts";
import { contextOf } from "#domain/message/context.ts";
import { writeMessage } from "#domain/message/message.ts";
import { MessageRefused } from "#domain/message/sender.ts";
import { causeOf } from "#lib/cause.ts";
import type { Services } from "#src/context.ts";

/** Batch size: reminders that are claimed, sent in parallel and settled together. */
const BATCH = 6;

/** A run starts no batch after this time, milliseconds; the next minute's run continues with a new Worker's limits. */
const RUN_MS = 50_000;

/**
 * Reminds patients of their appointments at each of the policy's lead times, by the state of this moment. It runs every
 * minute; the next run makes up for a missed one, and repeating it is harmless.
 * @throws the error of a reminder that could not be sent; a later run tries it again
 */
export async function runOnce(services: Services): Promise<void> {
  const end = Date.now() + RUN_MS;
  let failure: unknown;
  for (;;) {
    const began = Date.now();
    const claims = await claimReminders(services.db, BATCH);
    const failures = await remind(services, claims);
    failure ??= failures[0];
    if (claims.length < BATCH || failures.length === claims.length || Date.now() >= end) break;
    // Half of SES's rate is left to the notices, which are more urgent.
    const pause = began + (2 * BATCH * 1000) / services.env.SES_PER_SECOND - Date.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  if (failure) throw failure;
}

/** Sends claimed reminders and settles them. Returns the errors of the reminders to be tried again. */
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
      const cause = causeOf(error);
      const why = cause.error;
      log("not-reminded", { appointmentId, ...cause });
      if (error instanceof MessageRefused) return { claim, outcome: "failed", why };
      failures.push(error);
      return { claim, outcome: "again", why };
    }
  });
  const settled = await Promise.all(sent);
  // A reminder that was sent and not recorded would be sent again, so a failed record is tried once more.
  await settleReminders(db, settled).catch(() => settleReminders(db, settled));
  return failures;
}

async function send({ env, sender }: Services, claim: ReminderClaim): Promise<string> {
  const { appointmentId, patientId, deliveryId, particulars, now } = claim;
  const stop = `${env.PUBLIC_URL}/reminders/off/${await sealId(env.LINK_SECRET, STOP_REMINDERS, patientId)}`;
  const answers = await answersTo(env.LINK_SECRET, env.PUBLIC_URL, { appointmentId, patientId, told: now });
  const context = contextOf(particulars, appointmentId, env.PUBLIC_URL, answers, stop);
  return sender.send({
    ...writeMessage({ kind: "reminder", now, before: null }, context),
    to: particulars.patient.email ?? "",
    fromName: context.clinic.name,
    // The mail program offers to turn reminders off with one press (RFC 2369 3.2, RFC 8058).
    headers: { "List-Unsubscribe": `<${stop}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    tags: { appointment: appointmentId, delivery: deliveryId },
  });
}
