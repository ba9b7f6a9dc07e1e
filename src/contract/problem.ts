/**
 * The closed set of problem codes (RFC 9457 `type` is `/problems/<code>`): status, title and what a caller does about
 * it. The API, the error pages and both apps' copy are driven from this table; a test keeps them complete.
 */
export const PROBLEMS = {
  "invalid-request": {
    status: 400,
    title: "The request is not valid",
    help: "Correct the members listed in `errors` (JSON Pointers) and send it again. Nothing was changed.",
  },
  unauthenticated: {
    status: 401,
    title: "You are not logged in",
    help: "Send a valid access token as `Authorization: Bearer`, or log in again for a new session cookie.",
  },
  forbidden: {
    status: 403,
    title: "You may not do this",
    help: "Your role does not allow this, or the request did not come from the clinic's own pages.",
  },
  "api-key-refused": {
    status: 403,
    title: "This API key is not accepted",
    help: "The key in `X-Api-Key` is made up, has ended, or may not be used on this origin. Ask the clinic for a new one, or leave it out.",
  },
  "step-up-required": {
    status: 403,
    title: "Log in again with a second factor",
    help: "Only within `minutes` of a login with a second factor. Log in again with one (`acr_values` at the identity provider), exchange the token, and send the same request again.",
  },
  "no-patient-record": {
    status: 403,
    title: "There is no patient record for this login yet",
    help: "No active record has the e-mail address that your login has verified. Call the clinic: `phone`.",
  },
  "ambiguous-patient-record": {
    status: 403,
    title: "We cannot tell which patient record is yours",
    help: "More than one record has your e-mail address, or somebody logs in with it already. Call the clinic: `phone`.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    help: "There is nothing here, or it is not yours to see.",
  },
  "slot-taken": {
    status: 409,
    title: "That time has just been taken",
    help: "Nothing has been booked. `alternatives` names the nearest free times.",
  },
  "hold-expired": {
    status: 409,
    title: "The hold has ended",
    help: "`slotFree` says whether the time is still free; if so, hold it again. `heldInstead` is a later hold of the same patient, which ended this one.",
  },
  "hold-limit": {
    status: 409,
    title: "The time cannot be held for longer",
    help: "All extensions are used, or the holding time of a day (then `resetsAt` says when there is more). Confirm now, or choose again later.",
  },
  "overlaps-own-appointment": {
    status: 409,
    title: "There is already an appointment at that time",
    help: "`appointmentId` names the appointment that overlaps. Choose another time, or change that appointment.",
  },
  frozen: {
    status: 409,
    title: "It is too late to change this online",
    help: "The start is within the clinic's freeze. Call the clinic: `phone`. Staff send `override` with a reason.",
  },
  "change-budget-spent": {
    status: 409,
    title: "Appointments have been changed as often as possible online",
    help: "`per` says whether it is this appointment or all of the patient's; `resetsAt` when there is another change, if ever. Call the clinic: `phone`. Staff send `override` with a reason.",
  },
  "booking-limit": {
    status: 409,
    title: "As many appointments have been booked as possible online",
    help: "`what` says whether it is the appointments to come or the bookings, moves and cancellations of late; `resetsAt` from when on there is another, if it is known. Call the clinic: `phone`. Staff send `override` with a reason.",
  },
  duplicate: {
    status: 409,
    title: "There is one like that already",
    help: "`errors` name the members (JSON Pointers) that another record has, or the time that is in use. Nothing was changed.",
  },
  "slot-unsuitable": {
    status: 409,
    title: "That time does not suit this appointment",
    help: "`because` says whether it is too short, of another specialty, or at another location than the patient needs. Choose another, or send `override` with a reason.",
  },
  "case-claimed": {
    status: 409,
    title: "Somebody else is working on this",
    help: "`claimedBy` and `until` say who and how long. Take another case, or try again then.",
  },
  "wrong-state": {
    status: 409,
    title: "That cannot be done in the present state",
    help: "`current` names the state it is in; `possibleFrom`, where given, says from when it can be done.",
  },
  "idempotency-in-flight": {
    status: 409,
    title: "The first request with this key is still being answered",
    help: "Wait a moment and send the same request again.",
  },
  "version-conflict": {
    status: 412,
    title: "Somebody else changed this first",
    help: "`changedBy` and `changedAt` say who and when. Read it again and decide again; yours was not saved.",
  },
  "preview-stale": {
    status: 412,
    title: "The world moved since the preview",
    help: "Nothing was applied. `plan` is the preview of now: look at it and send its `token`.",
  },
  "payload-too-large": {
    status: 413,
    title: "The request body is too large",
    help: "Bodies are limited to 64 KB, a part of an import to 1 MB.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The request body must be JSON",
    help: "Send `Content-Type: application/json`.",
  },
  "idempotency-key-reused": {
    status: 422,
    title: "This key was used for another request",
    help: "Use a fresh `Idempotency-Key` for a new request.",
  },
  "precondition-required": {
    status: 428,
    title: "Say which version you are changing",
    help: "Send `If-Match` with the `ETag` you read; or, where `affected` is given, preview the change and send its token as `previewToken`.",
  },
  "rate-limited": {
    status: 429,
    title: "Too many requests",
    help: "Wait as long as `Retry-After` says.",
  },
  internal: {
    status: 500,
    title: "Something went wrong on our side",
    help: "Nothing is known to have been changed. Quote the request id to the clinic.",
  },
  "dependency-unavailable": {
    status: 503,
    title: "A service we need is not answering",
    help: "Try again after `Retry-After` seconds with the same `Idempotency-Key`.",
  },
} as const satisfies Record<string, { status: number; title: string; help: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** RFC 9457 problem details, as every error of the API is answered; refusals.ts names the members of each code. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  requestId: string;
  /** The faults of the request: RFC 6901 JSON Pointers, and a sentence for each. */
  errors?: { pointer: string; detail: string }[];
  [member: string]: unknown;
}
