import fc from "fast-check";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
import { convertIcsCalendar } from "ts-ics";
import { expect, test } from "vitest";
import { type PublishedEvent, calendarFile, calendarInvitation } from "#adapters/calendar.ts";

const MINUTE_MS = 60_000;

/**
 * Texts as people type and paste them. A backslash before an n is left out: node-ical reads its right encoding as a line
 * break. It also drops the quotes of a text that begins and ends with them.
 */
const TEXTS: [what: string, text: string][] = [
  ["quotes and apostrophes", `Dr. "Ó Briain" O'Shea, 'Quay'`],
  ["backslashes", "C:\\Rooms\\4\\"],
  ["what iCalendar escapes", "1. Stock; Zimmer 4, links: 3=4"],
  ["what RFC 6868 encodes", `^ ^^ ^' ^n "x"^`],
  ["emoji, with joiners", "👩🏽‍⚕️🩺".repeat(20)],
  ["right to left", "מרפאה 12, \u200fרחוב הרצל (קומה ב')"],
  ["Chinese", "王小明診所；第四室，".repeat(20)],
  ["line breaks of every kind", "one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085seven"],
  ["300 characters without a space", "x".repeat(300)],
  ["300 characters with many spaces", " y ".repeat(100)],
  ["markup and addresses", "<b>&amp;</b> https://clinic.example/?a=1;b=2%20%0A"],
  ["a tabulator", "4\tlinks"],
  ["parameters", "TZID=Europe/Dublin:20270101T000000"],
];
/** How a calendar program gets a text: with line breaks of one kind. */
const readable = (text: string) => text.replaceAll(/\r\n|[\r\u0085\u2028\u2029]/g, "\n");

const anyText = fc
  .string({
    unit: fc.constantFrom(...Array.from("aéΩ診🩺,;:\"'^=\n\r xא\u200f"), "\\;", "\\,", "\\ "),
    minLength: 1,
    maxLength: 300,
  })
  .filter((text) => text.trim() === text && !/^".*"$/su.test(text));

/** The first event of a file, as three programs read it that share no code. */
function readByThree(file: string) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  const one = calendar.getFirstSubcomponent("vevent");
  const texts = (names: string[]) => names.map((name) => one?.getFirstPropertyValue(name));
  const two = Object.values(nodeIcal.sync.parseICS(file)).find((part) => part?.type === "VEVENT");
  const three = convertIcsCalendar(undefined, file).events?.[0];
  if (two?.type !== "VEVENT") throw new Error("node-ical finds no event");
  return {
    "ical.js": texts(["summary", "location", "description"]),
    "node-ical": [two.summary, two.location, two.description],
    "ts-ics": [three?.summary, three?.location, three?.description],
    organizer: one?.getFirstProperty("organizer")?.getFirstParameter("cn"),
  };
}

test.each(TEXTS)("Three parsers read a text back whole: %s", (_, text) => {
  const file = calendarFile([
    {
      appointmentId: "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11",
      sequence: 3,
      startsAt: 0,
      endsAt: 900_000,
      clinicName: text.replaceAll("\\", "/"),
      place: text,
      organizer: "clinic@clinic.example",
      cancelled: false,
      title: text,
      description: text,
      url: null,
      stamp: 0,
    },
  ]);
  const expected = Array<string>(3).fill(readable(text));
  expect(readByThree(file)).toEqual({
    "ical.js": expected,
    "node-ical": expected,
    "ts-ics": expected,
    organizer: readable(text).replaceAll("\\", "/"),
  });
  // RFC 5545 3.1: lines of at most 75 octets, each ended by CRLF, the last one as well.
  expect(file).toMatch(/\r\nEND:VCALENDAR\r\n$/);
  expect(file.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  for (const line of file.split("\r\n")) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
});

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

test("Three parsers read the same events from a feed, at the same instants, with any text", () => {
  const whole = anyEvent.map((event) => ({ ...event, endsAt: event.startsAt + 15 * MINUTE_MS }));
  fc.assert(
    fc.property(fc.uniqueArray(whole, { selector: ({ appointmentId }) => appointmentId, maxLength: 5 }), (events) => {
      const text = calendarFile(events, "Liffey Clinic");
      expect(text.split("\r\n").every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true);
      expect(calendarFile(events, "Liffey Clinic")).toBe(text);
      const expected = new Map(events.map((event) => [`${event.appointmentId}@holdfast`, event]));
      const one = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent");
      const other = Object.values(nodeIcal.sync.parseICS(text)).filter((part) => part?.type === "VEVENT");
      const third = convertIcsCalendar(undefined, text).events ?? [];
      expect([one.length, other.length, third.length]).toEqual([events.length, events.length, events.length]);
      for (const part of one) {
        const event = new ICAL.Event(part);
        const is = expected.get(event.uid);
        expect([event.summary, event.location, event.sequence]).toEqual([
          readable(is?.title ?? ""),
          readable(is?.place ?? ""),
          is?.sequence,
        ]);
        expect(event.startDate.toJSDate().getTime()).toBe(is?.startsAt);
        expect(event.endDate.toJSDate().getTime()).toBe(is?.endsAt);
      }
      for (const part of other) {
        const is = expected.get(part.uid);
        expect([part.start.getTime(), part.end?.getTime()]).toEqual([is?.startsAt, is?.endsAt]);
        expect([part.summary, part.location]).toEqual([readable(is?.title ?? ""), readable(is?.place ?? "")]);
        expect(part.status).toBe(is?.cancelled ? "CANCELLED" : "CONFIRMED");
      }
      for (const event of third) {
        const is = expected.get(event.uid);
        const [start, end] = [event.start.date.getTime(), event.end?.date.getTime()];
        expect([start, end, event.sequence ?? 0]).toEqual([is?.startsAt, is?.endsAt, is?.sequence]);
        expect([event.summary, event.location]).toEqual([readable(is?.title ?? ""), readable(is?.place ?? "")]);
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
