import type { Particulars } from "./store.ts";

/** The domain of SES's mailbox simulator, where the address (with any `+label`) decides what happens to a mail. */
const SIMULATOR = /^(bounce|suppressionlist|complaint|ooto|success)(\+[^@]*)?@simulator\.amazonses\.com$/i;

/**
 * SES's report about an accepted mail: it arrived, except at the addresses of the mailbox simulator. With a configuration
 * set it is an event with the mail's tags, without one a notification without tags.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html (simulator) and
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function feedbackOf(messageId: string, { destination, tags, configurationSetName }: Particulars): object[] {
  const addresses = [...destination.to, ...destination.cc, ...destination.bcc].map(bare);
  const timestamp = new Date().toISOString();
  const kinds = new Set(addresses.map((address) => SIMULATOR.exec(address)?.[1]?.toLowerCase() ?? "success"));
  const of = (kind: string) =>
    addresses
      .filter((address) => (SIMULATOR.exec(address)?.[1]?.toLowerCase() ?? "success") === kind)
      .map((emailAddress) => ({ emailAddress }));
  const mail = {
    timestamp,
    messageId,
    destination: addresses,
    ...(configurationSetName && { tags: Object.fromEntries(tags.map(({ name, value }) => [name, [value]])) }),
  };
  const event = (type: string, more: object) => ({
    [configurationSetName ? "eventType" : "notificationType"]: type,
    mail,
    ...more,
  });
  const bounce = (kind: string, bounceType: string, bounceSubType: string) =>
    event("Bounce", {
      bounce: { bounceType, bounceSubType, bouncedRecipients: of(kind), timestamp, feedbackId: kind },
    });
  const delivered = ["success", "complaint", "ooto"].flatMap((kind) =>
    of(kind).map(({ emailAddress }) => emailAddress),
  );
  return [
    ...(delivered.length > 0 ? [event("Delivery", { delivery: { timestamp, recipients: delivered } })] : []),
    ...(kinds.has("bounce") ? [bounce("bounce", "Permanent", "General")] : []),
    ...(kinds.has("suppressionlist") ? [bounce("suppressionlist", "Permanent", "Suppressed")] : []),
    ...(kinds.has("ooto") ? [bounce("ooto", "Transient", "General")] : []),
    ...(kinds.has("complaint")
      ? [
          event("Complaint", {
            complaint: { complainedRecipients: of("complaint"), complaintFeedbackType: "abuse", timestamp },
          }),
        ]
      : []),
  ];
}

/** `Niamh <niamh@example.org>` as `niamh@example.org`. */
function bare(address: string): string {
  return /<([^<>]+)>\s*$/.exec(address)?.[1] ?? address.trim();
}
