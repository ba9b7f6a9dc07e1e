import type { Appointment } from "#contract/answers/appointments.ts";
import type { PlacementCase } from "#contract/answers/cases.ts";
import type { Slot } from "#contract/answers/clinic.ts";
import type { Patient, PatientRecord } from "#contract/answers/patients.ts";
import type { Role } from "#contract/caller.ts";
import type { Hold } from "#contract/answers/holds.ts";
import type { HoldRow, PlaceRow, SlotRow } from "#db/rows.ts";
import type { AppointmentRow, MoveRow } from "#db/queries/appointments.ts";
import type { CaseRow } from "#db/queries/cases.ts";
import type { PatientRecordRow, PatientRow } from "#db/queries/patients.ts";
import { shownEmail } from "#domain/email.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { whyInWords } from "#domain/placement.ts";
import { referenceOf } from "#domain/reference.ts";

const HOUR_MS = 3_600_000;

/** Rows as the wire has them: instants as RFC 3339 with the offset of the location's zone. */
export function placeOf({ doctorId, locationId, startsAt, endsAt, zone }: PlaceRow): Omit<Slot, "id"> {
  return { doctorId, locationId, startsAt: formatInstant(startsAt, zone), endsAt: formatInstant(endsAt, zone) };
}

export function slotOf(row: SlotRow): Slot {
  return { id: row.id, ...placeOf(row) };
}

export function holdOf(row: HoldRow): Hold {
  return {
    id: row.id,
    slot: slotOf(row.slot),
    expiresAt: formatInstant(row.expiresAt, row.slot.zone),
    expiresInMs: row.expiresInMs,
    extensionsLeft: row.extensionsLeft,
  };
}

/**
 * An appointment as `viewer` may see it: what the clinic notes on a cancellation stays in the clinic. `alternatives` to a
 * move are known where one appointment is read.
 */
export function appointmentOf(
  row: AppointmentRow,
  viewer: Role = "patient",
  alternatives: SlotRow[] | null = null,
): Appointment {
  const { cancellation } = row;
  const noteIsTheirs = viewer !== "patient" || cancellation?.by === "patient";
  return {
    id: row.id,
    reference: referenceOf(row.id),
    status: row.status,
    patientId: row.patientId,
    patientName: row.patientName,
    ...placeOf(row),
    slotId: row.slotId,
    reason: row.reason,
    cancellation: cancellation && { ...cancellation, note: noteIsTheirs ? cancellation.note : null },
    move: row.move && moveOf(row.move, row.zone, alternatives),
    changeableUntil: formatInstant(row.startsAt - row.freezeHours * HOUR_MS, row.zone),
    changesLeft: row.changesLeft,
  };
}

function moveOf({ from, ...move }: MoveRow, zone: string, alternatives: SlotRow[] | null): Appointment["move"] {
  return {
    from: placeOf(from),
    movedAt: formatInstant(move.movedAt, zone),
    because: move.because,
    answerBy: formatInstant(move.answerBy, zone),
    unconfirmed: move.unconfirmed,
    alternatives: alternatives?.map(slotOf) ?? null,
  };
}

export function caseOf({ zone, ...row }: CaseRow): PlacementCase {
  const at = (instant: number) => formatInstant(instant, zone);
  return {
    ...row,
    email: emailOf(row.email),
    reference: referenceOf(row.appointmentId),
    why: row.why && { code: row.why.code, text: whyInWords(row.why) },
    startsAt: at(row.startsAt),
    endsAt: at(row.endsAt),
    dueAt: at(row.dueAt),
    createdAt: at(row.createdAt),
    closedAt: row.closedAt === null ? null : at(row.closedAt),
    claim: row.claim && { ...row.claim, expiresAt: at(row.claim.expiresAt) },
    contactAfter: row.contactAfter === null ? null : at(row.contactAfter),
  };
}

/** An address as people read it, in its own script. */
export const emailOf = (address: string | null): string | null => address && shownEmail(address);

/** The wire's members and no more: what the statement adds (version, rank) is not for the body. */
export function patientOf(row: PatientRow): Patient {
  const { id, number, name, dateOfBirth, phone, phoneE164, language, reminders, mailStopped, keepsLocation } = row;
  const { active, inactiveBecause, hasLogin, loginBlocked, mergedInto, erased } = row;
  const reached = { email: emailOf(row.email), phone, phoneE164, language, reminders, mailStopped };
  const login = { hasLogin, loginBlocked };
  return {
    id,
    number,
    name,
    dateOfBirth,
    ...reached,
    keepsLocation,
    active,
    inactiveBecause,
    ...login,
    mergedInto,
    erased,
  };
}

export function patientRecordOf(row: PatientRecordRow): PatientRecord {
  return { ...patientOf(row), stillBooked: row.stillBooked?.map((one) => appointmentOf(one, "staff")) ?? null };
}
