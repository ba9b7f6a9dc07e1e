import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { calendarInvitation } from "#adapters/calendar.ts";
import { answersTo } from "#adapters/mail-links.ts";
import { type Claim, type Settled, claimDue, settleClaims, startDeliveries } from "#db/verbs/notifications.ts";
import { contextOf } from "#domain/message/context.ts";
import { writeMessage } from "#domain/message/message.ts";
import { MessageRefused } from "#domain/message/sender.ts";
import { type Notice, dedupeOf, settle } from "#domain/settle.ts";
import { causeOf } from "#lib/cause.ts";
import type { Services } from "#src/context.ts";

/** One appointment (ids only: the content is read when it is sent), or, for the cron, everything that is due. */
export const NotifyPayload = once(() => z.strictObject({ appointmentId: z.uuid().optional() }));

/**
 * Batch size: notices that are claimed, sent in parallel and settled together. A Worker may have six connections open.
 * Small batches also mean that a notice is claimed just before it is sent, so it is never outdated.
 */
const BATCH = 6;

/** Concurrency: while one batch waits for the database, another waits for SES. */
const CONCURRENCY = 2;

/**
 * A run for everything that is due starts no batch after this time, milliseconds. The next minute's run continues with a new
 * Worker's limits. At 50 mails a second that is 3,000 mails and 4,500 subrequests; a Worker may make 10,000.
 */
const RUN_MS = 60_000;

type Message = Exclude<Notice, { kind: "nothing" }>;

/**
 * Notifies patients of the settled state of their appointments. Claims due outbox rows, compares each appointment with the
 * last notified state, sends one message or none, and records both. If a later change has postponed the row, QStash gets a
 * new message for the new time. Repeating it is harmless.
 * @throws the error of a message that could not be sent, so that the caller runs the job again
 */
export async function runOnce(services: Services, { appointmentId }: Infer<typeof NotifyPayload>): Promise<void> {
  if (appointmentId === undefined) {
    const end = Date.now() + RUN_MS;
    const workers = await Promise.allSettled(Array.from({ length: CONCURRENCY }, () => drain(services, end)));
    const broken = workers.find((worker) => worker.status === "rejected");
    if (broken) throw broken.reason;
    return;
  }
  const { claims, waiting, now } = await claimDue(services.db, { appointmentId });
  const failures = await notify(services, claims);
  if (waiting !== null) {
    // QStash's clock was ahead of the database's, or a later change postponed it. The id of this callback is used up.
    const dedupe = dedupeOf(appointmentId, waiting, now);
    await services.queue.publish("notify", { appointmentId }, { notBefore: waiting, dedupe });
  }
  if (failures.length > 0) throw failures[0];
}

/** Sends batch after batch until nothing is due, a whole batch fails, or the time is over. */
async function drain(services: Services, end: number): Promise<void> {
  let failure: unknown;
  for (;;) {
    const began = Date.now();
    const { claims } = await claimDue(services.db, { limit: BATCH });
    const failures = await notify(services, claims);
    failure ??= failures[0];
    // If nothing can be sent, the next minute's run tries again.
    if (claims.length < BATCH || failures.length === claims.length || Date.now() >= end) break;
    const pause = began + (BATCH * CONCURRENCY * 1000) / services.env.SES_PER_SECOND - Date.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  if (failure) throw failure;
}

/** Sends the claims' messages and settles the claims. Returns the errors of the messages to be tried again. */
async function notify(services: Services, claims: readonly Claim[]): Promise<unknown[]> {
  const { db, log } = services;
  const notices = claims.map((claim) => ({
    claim,
    notice: settle(claim.lastNotified, claim.now, claim.unsure),
    sequence: claim.sequence,
  }));
  const messages = notices.flatMap(({ notice, ...rest }) => (notice.kind === "nothing" ? [] : [{ ...rest, notice }]));
  const deliveries = await startDeliveries(
    db,
    messages.map(({ claim, notice, sequence }) => ({ claim, kind: notice.kind, sequence })),
  );
  const failures: unknown[] = [];
  const sent = messages.map(async ({ claim, notice, sequence }): Promise<Settled[]> => {
    const deliveryId = deliveries.get(claim.leaseId);
    if (deliveryId === undefined) return [];
    const obstacle = obstacleOf(claim);
    if (obstacle) return [{ claim, outcome: "failed", deliveryId, ...obstacle }];
    try {
      const messageId = await send(services, claim, notice, sequence, deliveryId);
      log("notified", { appointmentId: claim.appointmentId, messageId, lagSeconds: claim.lagSeconds });
      return [{ claim, outcome: "sent", deliveryId, messageId, sequence }];
    } catch (error) {
      const cause = causeOf(error);
      const why = cause.error;
      log("not-notified", { appointmentId: claim.appointmentId, ...cause });
      if (error instanceof MessageRefused) return [{ claim, outcome: "failed", deliveryId, why, task: "mail-refused" }];
      failures.push(error);
      return [{ claim, outcome: "again", deliveryId, why }];
    }
  });
  const nothing = notices.flatMap(({ claim, notice }): Settled[] =>
    notice.kind === "nothing" ? [{ claim, outcome: "nothing" }] : [],
  );
  await retryOnce(async () => settleClaims(db, [...nothing, ...(await Promise.all(sent)).flat()]));
  return failures;
}

/** A message that was sent and not recorded would be sent again, so a failed record is tried once more. */
async function retryOnce(work: () => Promise<void>): Promise<void> {
  await work().catch(work);
}

/** Why nothing can be sent to this patient, and the kind of task that staff get. */
function obstacleOf({ particulars: { patient } }: Claim) {
  // Perhaps the patient has died: nothing is written to them or their family by itself.
  if (patient.inactive) return { why: "patient-inactive", task: "patient-inactive" } as const;
  if (!patient.email) return { why: "no-address", task: "no-address" } as const;
  if (patient.suppressed === "bounce") return { why: "suppressed", task: "mail-bounced" } as const;
  if (patient.suppressed === "complaint") return { why: "suppressed", task: "mail-complained" } as const;
  return null;
}

async function send(
  { env, sender }: Services,
  claim: Claim,
  notice: Message,
  sequence: number,
  deliveryId: string,
): Promise<string> {
  const { appointmentId, patientId, particulars } = claim;
  const to = particulars.patient.email ?? "";
  const answers = await answersTo(env.LINK_SECRET, env.PUBLIC_URL, { appointmentId, patientId, told: notice.now });
  const context = contextOf(particulars, appointmentId, env.PUBLIC_URL, answers);
  const gone = notice.kind === "cancelled" || notice.kind === "being-placed";
  // A cancellation removes from the calendar what the message before it put there.
  const shown = gone && notice.before ? notice.before : notice.now;
  const calendar = calendarInvitation({
    appointmentId,
    sequence,
    startsAt: shown.startsAt,
    endsAt: shown.endsAt,
    clinicName: context.clinic.name,
    place: context.place,
    organizer: env.SES_FROM,
    attendee: to,
    cancelled: gone,
  });
  return sender.send({
    ...writeMessage(notice, context),
    to,
    fromName: context.clinic.name,
    calendar,
    tags: { appointment: appointmentId, delivery: deliveryId },
  });
}
