import { type Descriptions, UNCHANGED, text } from "#reference/describe.ts";

export const calendar = {
  getAppointmentEvent: {
    group: "Calendars",
    summary: "One appointment as a file for a calendar program",
    description:
      "The event has the UID of those in the mails, and a SEQUENCE to match. One that does not take place then is `CANCELLED`.",
    answers: { 200: text("text/calendar", "iCalendar (RFC 5545) with one event", "Content-Disposition") },
    refusals: ["not-found"],
  },
  readCalendarFeed: {
    group: "Calendars",
    summary: "A patient's or doctor's appointments, for a calendar program",
    description:
      "The address is the permission (`POST /calendar-feed`). From 30 days ago on; what does not take place is left out, for programs show it crossed out or not at all, as they like.",
    answers: {
      200: text("text/calendar", "iCalendar (RFC 5545)", "ETag"),
      304: UNCHANGED,
    },
    refusals: ["not-found"],
  },
} satisfies Descriptions;
