import { describe, expect, test } from "vitest";
import { type MessageContext, writeMessage } from "#domain/message.ts";
import { type Fact, settle } from "#domain/settle.ts";

const context: MessageContext = {
  patientName: "Aoife O'Brien",
  clinicName: "Liffey Clinic",
  clinicPhone: "+353 1 555 0100",
  locationName: "Ormond Quay",
  address: "41 Ormond Quay Upper",
  reference: "K7Q-4TX",
  appointmentUrl: "https://book.clinic.example/appointments/1",
};

const fact = (change: Partial<Fact> = {}): Fact => ({
  state: "booked",
  startsAt: Date.UTC(2026, 11, 3, 10, 15),
  endsAt: Date.UTC(2026, 11, 3, 10, 30),
  timeZone: "Europe/Dublin",
  locationId: "quay",
  doctorId: "byrne",
  ...change,
});

function mail(told: Fact | null, now: Fact) {
  const notice = settle(told, now);
  return notice.kind === "nothing" ? null : writeMessage(notice, context);
}

describe("what a change is called in the mail", () => {
  test("a new time: what it was, and what it is", () => {
    const later = fact({ startsAt: Date.UTC(2026, 11, 4, 9, 0), endsAt: Date.UTC(2026, 11, 4, 9, 15) });
    const { subject, text } = mail(fact(), later)!;
    expect(subject).toBe("Your appointment has a new time: Friday 4 December 2026, 09:00");
    expect(text).toContain(
      "Your appointment was Thursday 3 December 2026, 10:15 to 10:30 (Dublin time). It now has a new time.",
    );
    expect(text).toContain("When: Friday 4 December 2026, 09:00 to 09:15 (Dublin time)");
  });

  test.each([
    ["another doctor", { doctorId: "walsh" }],
    ["another place", { locationId: "harbour" }],
  ])("%s at the same time is not called a new time, nor is the doctor named", (_, change) => {
    const { subject, text } = mail(fact(), fact(change))!;
    expect(subject).toBe("Your appointment has changed: Thursday 3 December 2026, 10:15");
    expect(text).toContain("but not its time");
    expect(text).not.toMatch(/new time|doctor|walsh|byrne/i);
  });

  test("cancelled: which one, and that nobody need come", () => {
    const { subject, text } = mail(fact(), fact({ state: "cancelled" }))!;
    expect(subject).toBe("Your appointment is cancelled: Thursday 3 December 2026, 10:15");
    expect(text).toContain("Your appointment on Thursday 3 December 2026, 10:15 to 10:30 (Dublin time) is cancelled.");
    expect(text).toContain("+353 1 555 0100");
  });

  test("moved there and back, or booked and cancelled before anything was told, is not worth a mail", () => {
    expect(mail(fact(), fact())).toBeNull();
    expect(mail(null, fact({ state: "cancelled" }))).toBeNull();
  });
});
