import { type ContentLine, icalendar, parameter, property, utc } from "#lib/icalendar.ts";

/** One appointment for the patient's calendar: time, place and clinic only. Instants are epoch milliseconds. */
export interface CalendarEvent {
  appointmentId: string;
  sequence: number;
  startsAt: number;
  endsAt: number;
  clinicName: string;
  place: string;
  organizer: string;
  attendee: string;
  cancelled: boolean;
}

/** A published event, without an invited person. Instants are epoch milliseconds. */
export interface PublishedEvent extends Omit<CalendarEvent, "attendee"> {
  title: string;
  description: string | null;
  /** The page with details, after a login. */
  url: string | null;
  /** When the event got this state: of two with equal SEQUENCE the later one counts (RFC 5546 2.1.5). */
  stamp: number;
}

/** How often a subscribed program should read the feed. */
const REFRESH = "PT1H";

/**
 * An iCalendar object (RFC 5545) with one event by iTIP (RFC 5546): stable UID, rising SEQUENCE, METHOD REQUEST or CANCEL.
 * Instants are in UTC, so that no VTIMEZONE can be wrong.
 */
export function calendarInvitation(event: CalendarEvent): { method: "REQUEST" | "CANCEL"; content: string } {
  const method = event.cancelled ? "CANCEL" : "REQUEST";
  const attendee = `ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:${addressOf(event.attendee)}`;
  const published = { ...event, stamp: Date.now(), title: event.clinicName, description: null, url: null };
  return { method, content: calendar(method, [], eventLines(published, [attendee])) };
}

/**
 * An iCalendar file or feed: METHOD PUBLISH (RFC 5546 3.2.1), with the same UIDs as in the mails. With `name` it is a feed,
 * which says how often to read it (RFC 7986 5.7). The same events give the same text.
 */
export function calendarFile(events: readonly PublishedEvent[], name?: string): string {
  const feed =
    name === undefined
      ? []
      : [
          property("NAME", name),
          property("X-WR-CALNAME", name),
          `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
          `X-PUBLISHED-TTL:${REFRESH}`,
        ];
  const lines = events.flatMap((event) => eventLines(event, []));
  return calendar("PUBLISH", feed, lines);
}

function calendar(method: string, about: readonly ContentLine[], events: readonly ContentLine[]): string {
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Holdfast//Holdfast//EN", `METHOD:${method}`];
  return icalendar([...head, ...about, ...events, "END:VCALENDAR"]);
}

function eventLines(event: PublishedEvent, attendees: readonly ContentLine[]): ContentLine[] {
  return [
    "BEGIN:VEVENT",
    `UID:${event.appointmentId}@holdfast`,
    `SEQUENCE:${event.sequence}`,
    utc("DTSTAMP", event.stamp),
    utc("DTSTART", event.startsAt),
    utc("DTEND", event.endsAt),
    property("SUMMARY", event.title),
    property("LOCATION", event.place),
    ...(event.description === null ? [] : [property("DESCRIPTION", event.description)]),
    ...(event.url === null ? [] : [`URL:${new URL(event.url).href}`]),
    `STATUS:${event.cancelled ? "CANCELLED" : "CONFIRMED"}`,
    `ORGANIZER${parameter("CN", event.clinicName)}:mailto:${addressOf(event.organizer)}`,
    ...attendees,
    "END:VEVENT",
  ];
}

/** An e-mail address within a mailto URI: what a URI reads as something else is encoded (RFC 6068 2). */
const addressOf = (address: string): string =>
  encodeURIComponent(address).replaceAll("%40", "@").replaceAll("%2B", "+");
