/** The introduction of the API's reference, in Markdown. */
export const GUIDE = `Appointment scheduling for clinics: hold a free slot, confirm it, get one notification.

**Who calls.** Send an access token as \`Authorization: Bearer\`, or the cookie of \`POST /session\`; writes by cookie come from
the clinic's own pages only and carry \`X-Holdfast-Csrf: 1\`.

**Retries.** A write with an \`Idempotency-Key\` can be sent again with the same key and body: it is done once, and its first
answer is given again, a refusal as well: to try again, take a new key. Where the request itself was wrong (400, 412, 428) or
nothing was decided (409 \`idempotency-in-flight\`, 503), send it under the same one.

**Versions.** Where \`If-Match\` is asked for, send the \`ETag\` that you have read, or the item's \`version\` in quotes. If somebody
was faster, the 412 says who and when.

**Errors** are \`application/problem+json\` (RFC 9457). Decide by \`code\`; \`type\` is a page that says what to do.

**Reading is recorded.** Each record of a patient that staff or a doctor read is an entry of the audit trail. A list of several
patients that an app polls (appointments, cases, tasks, late openings, an operation's items) is recorded once in five minutes,
as long as it shows the same patients.

**Dates** are the clinic's, \`YYYY-MM-DD\`. Every \`from\` and \`to\`, \`fromDate\` and \`toDate\`, \`validFrom\` and \`validTo\`
includes its day. Instants have the offset of their location, in which the two times of an hour that comes twice differ.

**Limits.** \`X-Api-Key\` names the calling app, for its rate limit and for nothing else. A request over a limit is 429
\`rate-limited\`: \`RateLimit-Policy\` says which limit, \`Retry-After\` when to try again.

**Lists** have \`items\` and \`nextCursor\`: send it as \`cursor\` for the next page; null is the end.

## Change the calendar

1. \`POST .../preview\` with the body of the change. The answer names the displaced patients, where each would be moved and why, and
   a \`token\`. Nothing has been done.
2. Make the change itself with that token as \`previewToken\`: a member of the body, or a query parameter where the body is
   a schedule or there is none. 412 \`preview-stale\` means that the appointments have changed since; its \`plan\` is the
   preview of now, with a new token. A change that displaces no patient needs no token.
3. The answer's \`Link\` with \`rel="monitor"\` is the operation. Read it until \`phase\` is \`done\`, as often as \`Retry-After\` says.
   A patient who could not be moved has a case in the placement queue.
4. To take it back: \`POST /operations/{id}/undo/preview\`, then \`POST /operations/{id}/undo\` with the token of that preview.`;

/** The descriptions of the reference's groups, in reading order. */
export const GROUPS = {
  Booking: "Free times, and holding one of them until it is confirmed.",
  Appointments: "Confirm, change, cancel; agree to what the clinic has moved; who came.",
  Calendars: "Appointments in people's own calendar programs: one as a file, all at an address that is a secret.",
  Preferences: "What patients decide about the clinic's mails.",
  Schedules: "Weekly sessions, absences and extra sessions of a doctor. Preview first.",
  Slots: "One slot at a time: add, close, move, delete. Preview first.",
  Holidays: "Dates on which locations are closed. Preview first.",
  Operations: "Changes of the calendar: who made them, what became of everybody they displaced, and taking them back.",
  Placement:
    "The queue of appointments that lost their slot and need a person. Claim a case, read it for its best free times, place it with the " +
    "case's `ETag`; or place several at once, put one off until the patient can be called, or cancel it. Late openings are " +
    "times that came free too late for patients to book.",
  Telling: "What was sent about an appointment and whether it arrived, and tasks: notifications that need a person.",
  Patients: "Records and logins of patients.",
  Apps: "Which apps call the API: their keys, the origins that these are for, and their rate limits.",
  Staff: "Accounts of staff, and who of them runs the clinic.",
  Doctors: "Records and logins of doctors; a doctor who leaves.",
  Clinic: "The clinic itself, its locations and its settings.",
  Import: "Data of another system, brought row by row with a report of each, and taken back.",
  Audit: "Who did what for which patient.",
  Session: "Logging in and out.",
  Service: "Is it up?",
} as const;

export type Group = keyof typeof GROUPS;
