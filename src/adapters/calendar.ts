import ical, { ICalCalendarMethod, ICalEventStatus } from "ical-generator";

/** One appointment for the patient's calendar: nothing but when, where and whose clinic. Instants epoch milliseconds. */
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

/**
 * An iCalendar object (RFC 5545) with one event as iTIP wants it (RFC 5546): stable UID, rising SEQUENCE, METHOD REQUEST
 * or CANCEL, instants in UTC so that no VTIMEZONE can be wrong.
 */
export function calendarInvitation(event: CalendarEvent): { method: "REQUEST" | "CANCEL"; content: string } {
  const method = event.cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST;
  const calendar = ical({ prodId: { company: "Holdfast", product: "Holdfast", language: "EN" }, method });
  calendar.createEvent({
    id: `${event.appointmentId}@holdfast`,
    sequence: event.sequence,
    stamp: new Date(),
    start: new Date(event.startsAt),
    end: new Date(event.endsAt),
    summary: event.clinicName,
    location: event.place,
    status: event.cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: event.clinicName, email: event.organizer },
    attendees: [{ email: event.attendee, rsvp: false }],
  });
  return { method: event.cancelled ? "CANCEL" : "REQUEST", content: calendar.toString() };
}
