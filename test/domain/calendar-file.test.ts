import fc from "fast-check";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
import { expect, test } from "vitest";
import { type PublishedEvent, calendarFile, calendarInvitation } from "#adapters/calendar.ts";

const MINUTE_MS = 60_000;

/** Clinics and places as people name them, with whatever iCalendar must escape or fold. */
const anyText = fc
  .string({
    unit: fc.constantFrom("a", "é", "Ω", "診", "🩺", ",", ";", "\\", ":", '"', "\n", " ", "x"),
    minLength: 1,
    maxLength: 120,
  })
  .filter((text) => text.trim() === text);
const anyEvent: fc.Arbitrary<PublishedEvent> = fc.record({
  appointmentId: fc.uuid({ version: 7 }),
  sequence: fc.nat(1000),
  startsAt: fc
    .integer({ min: Date.UTC(2025, 0) / MINUTE_MS, max: Date.UTC(2036, 0) / MINUTE_MS })
    .map((n) => n * MINUTE_MS),
  endsAt: fc.constant(0),
  clinicName: fc.constant("Liffey Clinic"),
  place: anyText,
  organizer: fc.constant("clinic@clinic.example"),
  cancelled: fc.boolean(),
  title: anyText,
  description: fc.option(anyText),
  url: fc.constant("https://clinic.example/appointments/1"),
  stamp: fc.constant(Date.UTC(2026, 0)),
});

test("Two parsers read the same events from a feed, at the same instants, with any text", () => {
  const whole = anyEvent.map((event) => ({ ...event, endsAt: event.startsAt + 15 * MINUTE_MS }));
  fc.assert(
    fc.property(fc.uniqueArray(whole, { selector: ({ appointmentId }) => appointmentId, maxLength: 5 }), (events) => {
      const text = calendarFile(events, "Liffey Clinic");
      expect(text.split("\r\n").every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true);
      expect(calendarFile(events, "Liffey Clinic")).toBe(text);
      const expected = new Map(events.map((event) => [`${event.appointmentId}@holdfast`, event]));
      const one = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent");
      const other = Object.values(nodeIcal.sync.parseICS(text)).filter((part) => part?.type === "VEVENT");
      expect([one.length, other.length]).toEqual([events.length, events.length]);
      for (const part of one) {
        const event = new ICAL.Event(part);
        const is = expected.get(event.uid);
        expect([event.summary, event.location, event.sequence]).toEqual([is?.title, is?.place, is?.sequence]);
        expect(event.startDate.toJSDate().getTime()).toBe(is?.startsAt);
        expect(event.endDate.toJSDate().getTime()).toBe(is?.endsAt);
      }
      for (const part of other) {
        const is = expected.get(part.uid);
        expect([part.start.getTime(), part.end?.getTime()]).toEqual([is?.startsAt, is?.endsAt]);
        expect(part.status).toBe(is?.cancelled ? "CANCELLED" : "CONFIRMED");
      }
    }),
    { numRuns: 300 },
  );
});

test("An invitation and a calendar file are the same event for a calendar program", () => {
  const event = {
    appointmentId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11",
    sequence: 3,
    startsAt: Date.UTC(2027, 9, 31, 0, 45),
    endsAt: Date.UTC(2027, 9, 31, 1, 15),
    clinicName: "Liffey Clinic",
    place: "1 Quay, Dublin",
    organizer: "clinic@clinic.example",
    cancelled: false,
  };
  const read = (text: string) => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const { uid, sequence, startDate } = new ICAL.Event(calendar.getFirstSubcomponent("vevent") ?? undefined);
    return { uid, sequence, at: startDate.toJSDate().getTime() };
  };
  const invitation = calendarInvitation({ ...event, attendee: "somebody@patients.example" });
  const file = calendarFile([{ ...event, title: "Liffey Clinic", description: null, url: null, stamp: 0 }]);
  expect(read(invitation.content)).toEqual(read(file));
  expect(invitation.content).toContain("ATTENDEE");
  // A published file names no person, because anyone may read it.
  expect(file).not.toContain("ATTENDEE");
});
