/** What SES says of one mail, in its own words. */
export interface MailEvent {
  type: string;
  bounce?: { bounceType: string; bounceSubType: string } | undefined;
  complaint?: { complaintFeedbackType?: string | null | undefined } | undefined;
}

/**
 * What that means: it arrived; it came back for good, or its reader complained, and then nothing more goes to the
 * address; SES would not send it after all; or it is only worth a note. `why` is a code, never an address.
 */
export interface Feedback {
  outcome: "delivered" | "bounced" | "complained" | "rejected" | "noted";
  why: string | null;
}

/** Null for what is of no interest, such as that a mail was sent, which we know. */
export function feedbackOf({ type, bounce, complaint }: MailEvent): Feedback | null {
  switch (type) {
    case "Delivery":
      return { outcome: "delivered", why: null };
    case "Bounce": {
      const why = codeOf("bounce", bounce?.bounceType, bounce?.bounceSubType);
      // A full mailbox or an absent server today says nothing about the next mail; SES has tried for hours.
      return { outcome: bounce?.bounceType === "Permanent" ? "bounced" : "noted", why };
    }
    case "Complaint":
      return { outcome: "complained", why: codeOf("complaint", complaint?.complaintFeedbackType) };
    case "Reject":
      return { outcome: "rejected", why: "rejected" };
    case "DeliveryDelay":
      return { outcome: "noted", why: "delayed" };
    default:
      return null;
  }
}

function codeOf(...words: (string | null | undefined)[]): string {
  return words
    .filter((word) => word !== null && word !== undefined && /^[A-Za-z-]{1,40}$/.test(word))
    .join("-")
    .toLowerCase();
}
