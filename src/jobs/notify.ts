import { z } from "zod";
import { calendarInvitation } from "#adapters/calendar.ts";
import { MailRefused, sendMail } from "#adapters/ses.ts";
import { type Claim, claimDue, returnClaim, settleClaim, startDelivery } from "#db/queries/outbox.ts";
import { type MessageContext, writeMessage } from "#domain/message.ts";
import { referenceOf } from "#domain/reference.ts";
import { type Notice, dedupeOf, settle } from "#domain/settle.ts";
import type { Services } from "#src/context.ts";

/** One appointment (ids only: what is said is read when it is said), or, for the cron, whatever is due. */
export const NotifyPayload = z.strictObject({ appointmentId: z.uuid().optional() });

/** The cron takes so many at a time, side by side, until nothing is due: as many connections as a Worker may have. */
const BATCH = 6;

/**
 * After a failed attempt the row is claimable again so many seconds later: before QStash calls again (first after 12 s),
 * which would find nothing to do and be content.
 */
const RETRY_SECONDS = 10;

/**
 * Tells patients the settled state of what is due: claims outbox rows, nets what is true against what was told, sends one
 * message or none for each, and records both together. Not due yet (a later change moved it on): asks QStash again for
 * the new time. Repeating it is harmless. Throws if a message could not be sent, to be called again.
 */
export async function runOnce(services: Services, payload: z.infer<typeof NotifyPayload>): Promise<void> {
  const { appointmentId } = payload;
  let failure: unknown;
  for (;;) {
    const { claims, waiting } = await claimDue(services.db, appointmentId ? { appointmentId } : { limit: BATCH });
    const told = await Promise.allSettled(claims.map((claim) => tell(services, claim)));
    failure ??= told.find((attempt) => attempt.status === "rejected")?.reason;
    if (appointmentId && waiting !== null) {
      const dedupe = dedupeOf(appointmentId, waiting);
      await services.queue.publish("notify", { appointmentId }, { notBefore: waiting, dedupe });
    }
    // Where nothing can be sent, the next minute tries again: not this run for as long as it may live.
    const stuck = told.every(({ status }) => status === "rejected");
    if (appointmentId || claims.length < BATCH || stuck) break;
  }
  if (failure) throw failure;
}

/** Sends what one claim calls for. Throws if it may not have been sent; the claim is then given back. */
async function tell(services: Services, claim: Claim): Promise<void> {
  const { db, log } = services;
  const notice = settle(claim.told, claim.now);
  if (notice.kind === "nothing") {
    await settleClaim(db, claim, { deliveryId: null });
    return;
  }
  const sequence = claim.sequence + 1;
  const deliveryId = await startDelivery(db, claim, notice.kind, sequence);
  // The lease ran out before we began: whoever has it now will tell.
  if (!deliveryId) return;
  try {
    if (!claim.patient.email) throw new MailRefused("no address");
    const messageId = await send(services, claim, claim.patient.email, notice, sequence, deliveryId);
    await settleClaim(db, claim, { deliveryId, messageId, told: claim.now, sequence });
    log("told", { appointmentId: claim.appointmentId, messageId });
  } catch (error) {
    log("not-told", { appointmentId: claim.appointmentId, error: error instanceof Error ? error.name : "unknown" });
    if (!(error instanceof MailRefused)) {
      await returnClaim(db, claim, deliveryId, RETRY_SECONDS);
      throw error;
    }
    await settleClaim(db, claim, { deliveryId });
  }
}

async function send(
  { env }: Services,
  claim: Claim,
  to: string,
  notice: Exclude<Notice, { kind: "nothing" }>,
  sequence: number,
  deliveryId: string,
): Promise<string> {
  const { clinic, location, patient } = claim;
  const context: MessageContext = {
    patientName: patient.name,
    clinicName: clinic.name,
    clinicPhone: clinic.phone,
    locationName: location.only ? null : location.name,
    address: location.address,
    reference: referenceOf(claim.appointmentId),
    appointmentUrl: `${env.PUBLIC_URL}/appointments/${claim.appointmentId}`,
  };
  const gone = notice.kind === "cancelled" || notice.kind === "being-placed";
  // What leaves the calendar is what stood in it.
  const shown = gone && notice.before ? notice.before : notice.now;
  const calendar = calendarInvitation({
    appointmentId: claim.appointmentId,
    sequence,
    startsAt: shown.startsAt,
    endsAt: shown.endsAt,
    clinicName: clinic.name,
    place: [context.locationName, context.address].filter(Boolean).join(", "),
    organizer: env.SES_FROM,
    attendee: to,
    cancelled: gone,
  });
  const message = writeMessage(notice, context);
  return sendMail(
    {
      ...message,
      to,
      fromName: clinic.name,
      calendar,
      tags: { appointment: claim.appointmentId, delivery: deliveryId },
    },
    {
      endpoint: env.SES_ENDPOINT,
      region: env.SES_REGION,
      from: env.SES_FROM,
      configurationSet: env.SES_CONFIGURATION_SET,
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    },
  );
}
