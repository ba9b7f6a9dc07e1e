import { describe, expect, test } from "vitest";
import { feedbackOf } from "#domain/feedback.ts";

describe("SES's reports about a mail", () => {
  const bounce = (bounceType: string, bounceSubType = "General") =>
    feedbackOf({ type: "Bounce", bounce: { bounceType, bounceSubType } });

  test("Only a permanent bounce and a complaint stop mail to an address", () => {
    expect(bounce("Permanent")).toEqual({ outcome: "bounced", why: "bounce-permanent-general" });
    expect(bounce("Transient", "MailboxFull")).toEqual({ outcome: "noted", why: "bounce-transient-mailboxfull" });
    expect(bounce("Undetermined", "Undetermined")?.outcome).toBe("noted");
    expect(feedbackOf({ type: "Complaint", complaint: { complaintFeedbackType: "abuse" } })).toEqual({
      outcome: "complained",
      why: "complaint-abuse",
    });
    expect(feedbackOf({ type: "Complaint" })).toEqual({ outcome: "complained", why: "complaint" });
    expect(feedbackOf({ type: "Reject" })?.outcome).toBe("rejected");
    expect(feedbackOf({ type: "DeliveryDelay" })?.outcome).toBe("noted");
    expect(feedbackOf({ type: "Delivery" })).toEqual({ outcome: "delivered", why: null });
  });

  test("An event that changes nothing, or of an unknown kind, is ignored", () => {
    for (const type of ["Send", "Open", "Click", "RenderingFailure", "", "delivery"])
      expect(feedbackOf({ type })).toBeNull();
  });

  test("The reason is kept as a code only: no address, no sentence", () => {
    expect(bounce("Permanent", "somebody@patients.example")?.why).toBe("bounce-permanent");
    expect(bounce("Permanent", "smtp; 550 5.1.1 <somebody>")?.why).toBe("bounce-permanent");
  });
});
