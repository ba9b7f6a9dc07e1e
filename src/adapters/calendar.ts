import ical, { type ICalCalendar, ICalCalendarMethod, ICalEventStatus } from "ical-generator";

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
const REFRESH_SECONDS = 3600;

/**
 * An iCalendar object (RFC 5545) with one event by iTIP (RFC 5546): stable UID, rising SEQUENCE, METHOD REQUEST or CANCEL.
 * Instants are in UTC, so that no VTIMEZONE can be wrong.
 */
export function calendarInvitation(event: CalendarEvent): { method: "REQUEST" | "CANCEL"; content: string } {
  const method = event.cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST;
  const calendar = ical({ prodId, method });
  addEvent(calendar, {
    ...event,
    stamp: Date.now(),
    title: event.clinicName,
    description: null,
    url: null,
  }).createAttendee({
    email: event.attendee,
    rsvp: false,
  });
  return { method: event.cancelled ? "CANCEL" : "REQUEST", content: calendar.toString() };
}

/**
 * An iCalendar file or feed: METHOD PUBLISH (RFC 5546 3.2.1), with the same UIDs as in the mails. With `name` it is a feed,
 * which says how often to read it (RFC 7986 5.7). The same events give the same text.
 */
export function calendarFile(events: readonly PublishedEvent[], name?: string): string {
  const feed = name === undefined ? {} : { name, ttl: REFRESH_SECONDS };
  const calendar = ical({ prodId, method: ICalCalendarMethod.PUBLISH, ...feed });
  for (const event of events) addEvent(calendar, event);
  return calendar.toString();
}

const prodId = { company: "Holdfast", product: "Holdfast", language: "EN" };

function addEvent(calendar: ICalCalendar, event: PublishedEvent) {
  return calendar.createEvent({
    id: `${event.appointmentId}@holdfast`,
    sequence: event.sequence,
    stamp: new Date(event.stamp),
    start: new Date(event.startsAt),
    end: new Date(event.endsAt),
    summary: event.title,
    description: event.description,
    url: event.url,
    location: event.place,
    status: event.cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: event.clinicName, email: event.organizer },
  });
}
