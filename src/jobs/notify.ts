import * as z from "zod/v4";
import type { Infer } from "#contract/common.ts";
import { once } from "#lib/once.ts";
import { calendarInvitation } from "#adapters/calendar.ts";
import { type Claim, type Settled, claimDue, settleClaims, startDeliveries } from "#db/queries/outbox.ts";
import { contextOf } from "#domain/message/context.ts";
import { writeMessage } from "#domain/message/message.ts";
import { MessageRefused } from "#domain/message/sender.ts";
import { type Notice, dedupeOf, settle } from "#domain/settle.ts";
import type { Services } from "#src/context.ts";

/** One appointment (ids only: what is said is read when it is said), or, for the cron, whatever is due. */
export const NotifyPayload = once(() => z.strictObject({ appointmentId: z.uuid().optional() }));

/**
 * So many are claimed, sent side by side and settled, one wave after the other: as many connections as a Worker may have
 * open. Claimed as late as that, a notice is never older than the moment it is sent.
 */
const WAVE = 6;

/** While one wave is with the database, another is with SES. */
const LANES = 2;

/**
 * A run for whatever is due begins no wave after so long, milliseconds: the next minute's goes on with a fresh Worker's
 * limits. At 50 mails a second that is 3,000 mails and 4,500 requests of ours; a Worker may make 10,000.
 */
const RUN_MS = 60_000;

type Telling = Exclude<Notice, { kind: "nothing" }>;

/**
 * Tells patients the settled state of what is due: claims outbox rows, nets what is true against what was told, sends one
 * message or none for each, and records both together. Not due yet (a later change moved it on): asks QStash again for
 * the new time. Repeating it is harmless. Throws if a message could not be sent, to be called again.
 */
export async function runOnce(services: Services, { appointmentId }: Infer<typeof NotifyPayload>): Promise<void> {
  if (appointmentId === undefined) {
    const end = Date.now() + RUN_MS;
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => drain(services, end)));
    const broken = lanes.find((lane) => lane.status === "rejected");
    if (broken) throw broken.reason;
    return;
  }
  const { claims, waiting, now } = await claimDue(services.db, { appointmentId });
  const failures = await tell(services, claims);
  if (waiting !== null) {
    // QStash's clock is ahead of the database's, or a later change moved it on: never the id of the call we are in.
    const dedupe = dedupeOf(appointmentId, waiting, now);
    await services.queue.publish("notify", { appointmentId }, { notBefore: waiting, dedupe });
  }
  if (failures.length > 0) throw failures[0];
}

/** Tells wave after wave until nothing is due, nothing gets through, or the time is up. */
async function drain(services: Services, end: number): Promise<void> {
  let failure: unknown;
  for (;;) {
    const began = Date.now();
    const { claims } = await claimDue(services.db, { limit: WAVE });
    const failures = await tell(services, claims);
    failure ??= failures[0];
    // Where nothing can be sent, the next minute tries again: not this run for as long as it may live.
    if (claims.length < WAVE || failures.length === claims.length || Date.now() >= end) break;
    const pause = began + (WAVE * LANES * 1000) / services.env.SES_PER_SECOND - Date.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  if (failure) throw failure;
}

/** Sends what the claims call for and settles them; answers what kept messages from being sent, to be tried again. */
async function tell(services: Services, claims: readonly Claim[]): Promise<unknown[]> {
  const { db, log } = services;
  const notices = claims.map((claim) => ({
    claim,
    notice: settle(claim.lastNotified, claim.now, claim.unsure),
    sequence: claim.sequence + 1,
  }));
  const telling = notices.flatMap(({ notice, ...rest }) => (notice.kind === "nothing" ? [] : [{ ...rest, notice }]));
  const deliveries = await startDeliveries(
    db,
    telling.map(({ claim, notice, sequence }) => ({ claim, kind: notice.kind, sequence })),
  );
  const failures: unknown[] = [];
  const sent = telling.map(async ({ claim, notice, sequence }): Promise<Settled[]> => {
    const deliveryId = deliveries.get(claim.leaseId);
    if (deliveryId === undefined) return [];
    const obstacle = obstacleOf(claim);
    if (obstacle) return [{ claim, outcome: "failed", deliveryId, ...obstacle }];
    try {
      const messageId = await send(services, claim, notice, sequence, deliveryId);
      log("told", { appointmentId: claim.appointmentId, messageId });
      return [{ claim, outcome: "sent", deliveryId, messageId, sequence }];
    } catch (error) {
      const why = error instanceof Error ? error.name : "unknown";
      log("not-told", { appointmentId: claim.appointmentId, error: why });
      if (error instanceof MessageRefused) return [{ claim, outcome: "failed", deliveryId, why, task: "mail-refused" }];
      failures.push(error);
      return [{ claim, outcome: "again", deliveryId, why }];
    }
  });
  const nothing = notices.flatMap(({ claim, notice }): Settled[] =>
    notice.kind === "nothing" ? [{ claim, outcome: "nothing" }] : [],
  );
  await patiently(async () => settleClaims(db, [...nothing, ...(await Promise.all(sent)).flat()]));
  return failures;
}

/** What was sent must be recorded, or it would be sent again: a database that stumbles is asked once more. */
async function patiently(work: () => Promise<void>): Promise<void> {
  await work().catch(work);
}

/** Why nothing can be sent to this patient, and what staff are to do about it. */
function obstacleOf({ particulars: { patient } }: Claim) {
  if (!patient.email) return { why: "no-address", task: "no-address" } as const;
  if (patient.suppressed === "bounce") return { why: "suppressed", task: "mail-bounced" } as const;
  if (patient.suppressed === "complaint") return { why: "suppressed", task: "mail-complained" } as const;
  return null;
}

async function send(
  { env, sender }: Services,
  claim: Claim,
  notice: Telling,
  sequence: number,
  deliveryId: string,
): Promise<string> {
  const { appointmentId, particulars } = claim;
  const to = particulars.patient.email ?? "";
  const context = contextOf(particulars, appointmentId, env.PUBLIC_URL);
  const gone = notice.kind === "cancelled" || notice.kind === "being-placed";
  // What leaves the calendar is what stood in it.
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
