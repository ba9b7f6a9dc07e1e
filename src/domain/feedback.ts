/** An event of SES about one mail, in SES's own names. */
export interface MailEvent {
  type: string;
  bounce?: { bounceType: string; bounceSubType: string } | undefined;
  complaint?: { complaintFeedbackType?: string | null | undefined } | undefined;
}

/**
 * The outcome of a mail. After a permanent bounce or a complaint the address gets no more mail. Other outcomes: it arrived,
 * SES rejected it, or it is only noted. `why` is a code, never an address.
 */
export interface Feedback {
  outcome: "delivered" | "bounced" | "complained" | "rejected" | "noted";
  why: string | null;
}

/** Null for events that change nothing, such as that a mail was sent. */
export function feedbackOf({ type, bounce, complaint }: MailEvent): Feedback | null {
  switch (type) {
    case "Delivery":
      return { outcome: "delivered", why: null };
    case "Bounce": {
      const why = codeOf("bounce", bounce?.bounceType, bounce?.bounceSubType);
      // A full mailbox or a server that is down may take the next mail; SES itself retries for hours.
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
