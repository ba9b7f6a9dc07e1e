import ICAL from "ical.js";
import nodeIcal from "node-ical";
import { convertIcsCalendar } from "ts-ics";
import { describe, expect, test } from "vitest";
import { type CalendarEvent, calendarInvitation } from "#adapters/calendar.ts";
import { instantsOfWall } from "#domain/zone-offsets.ts";

const MINUTE = 60_000;

const event = (change: Partial<CalendarEvent> = {}): CalendarEvent => ({
  appointmentId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11",
  sequence: 0,
  startsAt: Date.UTC(2026, 11, 3, 10, 15),
  endsAt: Date.UTC(2026, 11, 3, 10, 30),
  clinicName: "Liffey Clinic",
  place: "Ormond Quay, 41 Ormond Quay Upper, Dublin 7",
  organizer: "appointments@clinic.example",
  attendee: "niamh@example.org",
  cancelled: false,
  ...change,
});

/** An invitation as three programs that share no code read it; `at` are epoch milliseconds. */
function read(content: string) {
  const calendar = new ICAL.Component(ICAL.parse(content));
  const vevent = calendar.getFirstSubcomponent("vevent")!;
  const one = new ICAL.Event(vevent);
  const two = Object.values(nodeIcal.sync.parseICS(content)).find((part) => part?.type === "VEVENT");
  if (two?.type !== "VEVENT") throw new Error("node-ical finds no event");
  const file = convertIcsCalendar(undefined, content);
  const three = file.events?.[0];
  return [
    {
      method: calendar.getFirstPropertyValue("method"),
      uid: one.uid,
      sequence: one.sequence,
      status: vevent.getFirstPropertyValue("status"),
      at: [one.startDate.toJSDate().getTime(), one.endDate.toJSDate().getTime()],
      summary: one.summary,
      location: one.location,
      attendee: String(vevent.getFirstPropertyValue("attendee")),
    },
    {
      method: two.method,
      uid: two.uid,
      sequence: Number(two.sequence),
      status: two.status,
      at: [two.start.getTime(), two.end?.getTime()],
      summary: two.summary,
      location: two.location,
      attendee: String(typeof two.attendee === "object" ? (two.attendee as { val: string }).val : two.attendee),
    },
    {
      method: file.method,
      uid: three?.uid,
      // ts-ics leaves out a SEQUENCE of 0, the default.
      sequence: three?.sequence ?? 0,
      status: three?.status,
      at: [three?.start.date.getTime(), three?.end?.date.getTime()],
      summary: three?.summary,
      location: three?.location,
      attendee: `mailto:${three?.attendees?.[0]?.email}`,
    },
  ];
}

/** Every quarter of an hour of the nights and days on which clocks change, in zones that do it differently. */
const CHANGES = [
  ["Europe/Dublin", "2026-03-29"],
  ["Europe/Dublin", "2026-10-25"],
  ["America/New_York", "2027-03-14"],
  ["America/New_York", "2027-11-07"],
  ["Australia/Lord_Howe", "2027-04-04"],
  ["Africa/Casablanca", "2027-02-07"],
] as const;

describe("calendar invitations", () => {
  test.each(CHANGES)("Three parsers read each instant back exactly, throughout %s on %s", (zone, date) => {
    const day = Date.parse(`${date}T00:00:00Z`);
    const [first] = instantsOfWall({ start: day, end: day + 1440 * MINUTE }, zone);
    for (let startsAt = first!.start; startsAt < first!.start + 25 * 60 * MINUTE; startsAt += 15 * MINUTE) {
      const endsAt = startsAt + 15 * MINUTE;
      for (const seen of read(calendarInvitation(event({ startsAt, endsAt })).content))
        expect(seen.at).toEqual([startsAt, endsAt]);
    }
  });

  test("Invitations keep their UID while SEQUENCE rises, and end with CANCEL", () => {
    const life = [0, 1, 2].map((sequence) => calendarInvitation(event({ sequence, cancelled: sequence === 2 })));
    expect(life.map(({ method }) => method)).toEqual(["REQUEST", "REQUEST", "CANCEL"]);
    for (const [sequence, { content, method }] of life.entries()) {
      for (const seen of read(content)) {
        expect(seen).toMatchObject({ method, sequence, uid: `${event().appointmentId}@holdfast` });
        expect(seen.status).toBe(method === "CANCEL" ? "CANCELLED" : "CONFIRMED");
      }
    }
  });

  test("Typed text stays text, with any content", () => {
    const clinicName = "Dr. O'Brien; Sons, & Daughters\\Co";
    const place = 'Haus "Ä", 1. Stock; Zimmer 4\\5, 1010 Wien, '.repeat(3);
    const { content } = calendarInvitation(event({ clinicName, place }));
    for (const seen of read(content)) {
      expect(seen.summary).toBe(clinicName);
      expect(seen.location).toBe(place);
      expect(seen.attendee).toMatch(/^mailto:niamh@example\.org$/i);
    }
    // RFC 5545 3.1: lines of at most 75 octets, ended by CRLF.
    for (const line of content.split("\r\n")) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(content.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  test("An invitation has the time, the place and the clinic, and nothing else", () => {
    const { content } = calendarInvitation(event());
    const names = content.split("\r\n").flatMap((line) => /^([A-Z-]+)[:;]/.exec(line)?.[1] ?? []);
    expect(new Set(names)).toEqual(
      new Set([
        "BEGIN",
        "VERSION",
        "PRODID",
        "METHOD",
        "UID",
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "LOCATION",
        "STATUS",
        "ORGANIZER",
        "ATTENDEE",
        "END",
      ]),
    );
  });
});
