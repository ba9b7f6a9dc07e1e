/*
 * The closed lists of values that the database keeps, in the words of the API. Each is defined here alone. The tables'
 * checks, the types of their rows and the API's schemas are made of it.
 */

export const ROLES = ["patient", "doctor", "staff"] as const;

export const APPOINTMENT_STATUSES = [
  "booked",
  "moved",
  "to-place",
  "cancelled",
  "arrived",
  "completed",
  "no-show",
] as const;

/** Why the clinic moved an appointment, as its patient is told. */
export const MOVE_CAUSES = ["absence", "holiday", "doctor-left", "schedule"] as const;

/** The person whose reason a cancellation had. */
export const CANCELLED_BY = ["patient", "doctor", "clinic"] as const;

/** The answers that a link in a mail allows without a login. The order is part of the tokens. */
export const MAIL_LINK_PURPOSES = ["come", "fine", "cancel"] as const;

export const SLOT_STATUSES = ["open", "closed"] as const;

/** Causes that close a slot. `removed`: the mark that a deleted or moved slot leaves. */
export const CLOSED_BY = ["staff", "holiday", "absence", "removed"] as const;

/** Staff's decision about a single slot. `removed` marks the time of a schedule's slot that was deleted or moved. */
export const HAND_MARKS = ["open", "closed", "removed"] as const;

export const SLOT_ORIGINS = ["template", "extra", "staff"] as const;

export const EXCEPTION_KINDS = ["absence", "extra"] as const;

/** The clinic's change by which an appointment lost its slot. */
export const CASE_REASONS = [
  "schedule",
  "absence",
  "extra",
  "holiday",
  "slot-closed",
  "slot-moved",
  "slot-removed",
  "doctor-left",
] as const;

export const CASE_STATUSES = ["open", "placed", "cancelled"] as const;

export const OPERATION_PHASES = ["reassigning", "done"] as const;

/** The results for an appointment that an operation displaced. */
export const ITEM_STATES = ["pending", "moved", "to-place", "cancelled", "kept"] as const;

/** The kinds of message to a patient. */
export const MESSAGE_KINDS = ["booked", "moved", "moved-by-clinic", "being-placed", "cancelled", "reminder"] as const;

export const DELIVERY_STATES = ["sending", "sent", "failed", "delivered", "bounced", "complained"] as const;

export const REMINDER_STATES = ["sending", "sent", "skipped"] as const;

/** Why no mail goes to an address any more. */
export const SUPPRESSION_REASONS = ["bounce", "complaint"] as const;

export const TASK_KINDS = [
  "mail-bounced",
  "mail-complained",
  "mail-refused",
  "no-address",
  "patient-inactive",
  "job-failed",
] as const;

/** Why staff switch a patient's record off. */
export const INACTIVE_REASONS = ["died", "moved-away", "other"] as const;

export const TASK_STATUSES = ["open", "done"] as const;

/** What an import brings, in the order in which rows may name others. */
export const IMPORT_KINDS = ["doctors", "patients", "schedules", "appointments"] as const;

export const IMPORT_PHASES = ["open", "undoing", "undone"] as const;

/** What became of a row. `unchanged`: it was there already. `kept`: something was built on it while the import was undone. */
export const IMPORT_STATES = ["accepted", "unchanged", "refused", "undone", "kept"] as const;
