import type { Context } from "hono";
import { type PublishedEvent, calendarFile } from "#adapters/calendar.ts";
import { FeedPath } from "#contract/requests/calendar-feed.ts";
import { ById } from "#contract/common.ts";
import type { Role } from "#contract/caller.ts";
import { type EventRow, findEvent, readFeed } from "#db/queries/feeds.ts";
import { referenceOf } from "#domain/reference.ts";
import { sha256Hex } from "#lib/encoding.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { found } from "#http/act.ts";
import { answerTagged } from "#http/etag.ts";
import { type Route, Router } from "#http/router.ts";

const TYPE = "text/calendar; charset=utf-8; method=PUBLISH";

const getEvent = {
  method: "get",
  path: "/appointments/{id}/calendar.ics",
  operationId: "getAppointmentEvent",
  roles: ["patient", "doctor", "staff"],
  params: ById,
} satisfies Route;

const getFeed = {
  method: "get",
  path: "/calendar/{file}",
  operationId: "readCalendarFeed",
  params: FeedPath,
  dear: "search",
} satisfies Route;

export const calendar = new Router()
  .handle(getEvent, async (c) => {
    const { db } = c.get("services");
    const { role } = c.get("caller");
    const read = await findEvent(db, c.get("caller"), c.req.valid("param").id, c.get("requestId"));
    const { event, clinicName, now } = found(c, read);
    return c.body(calendarFile([{ ...eventOf(c, event, clinicName, role), stamp: now }]), 200, {
      "Content-Type": TYPE,
      "Content-Disposition": `attachment; filename="appointment-${referenceOf(event.appointmentId)}.ics"`,
    });
  })
  .handle(getFeed, async (c) => {
    const secret = c.req.valid("param").file.slice(0, -".ics".length);
    const feed = await readFeed(c.get("services").db, await sha256Hex(secret));
    if (!feed) throw new ProblemError("not-found");
    const events = feed.events.map((event) => eventOf(c, event, feed.clinicName, feed.role));
    return answerTagged(c, calendarFile(events, feed.clinicName), {
      "Content-Type": TYPE,
      "Cache-Control": "private, no-cache",
      "X-Robots-Tag": "noindex",
    });
  });

/**
 * The text of a calendar's event: time and place, as in the mails; never a doctor, a speciality or a reason. Other people
 * may read a doctor's calendar (those with the address, or who run the program). So it names no patient: the reference leads
 * to them in the app.
 */
function eventOf(c: Context<App>, event: EventRow, clinicName: string, reader: Role): PublishedEvent {
  const { env } = c.get("services");
  const { appointmentId, sequence, startsAt, endsAt, changedAt, off, place } = event;
  const reference = referenceOf(appointmentId);
  return {
    appointmentId,
    sequence,
    startsAt,
    endsAt,
    clinicName,
    stamp: changedAt,
    cancelled: off,
    title: reader === "doctor" ? reference : clinicName,
    description: reader === "doctor" ? null : `Ref. ${reference}`,
    url: reader === "doctor" ? null : `${env.PUBLIC_URL}/appointments/${appointmentId}`,
    place: [place.name, place.address].filter(Boolean).join(", "),
    organizer: env.SES_FROM,
  };
}
