import type { FaultCode } from "#domain/schedule/issue.ts";
import type { CASE_REASONS } from "#domain/closed-lists.ts";
import type { ScheduleException, Session } from "#domain/schedule/model.ts";
import { SCHEDULE_DATES, dateIssues } from "#domain/schedule/session-rules.ts";
import type { SlotPlan } from "./model.ts";

/** The changes that staff can make to the clinic calendar. Instants are epoch milliseconds. */
export type CalendarChange =
  | { kind: "schedule"; doctorId: string; sessions: Session[] }
  | { kind: "exception-add"; doctorId: string; exception: ScheduleException; note: string | null }
  | { kind: "exception-remove"; doctorId: string; exceptionId: string }
  | { kind: "slot-add"; doctorId: string; locationId: string; startsAt: number; endsAt: number }
  | { kind: "slot-change"; slotId: string; status?: "open" | "closed"; startsAt?: number; endsAt?: number }
  | { kind: "slot-remove"; slotId: string }
  | {
      kind: "holidays-add";
      /** Null: all locations, or, with a country, all locations in that country. */
      locationId: string | null;
      country: string | null;
      days: { date: string; name: string }[];
      source: string;
    }
  | { kind: "holiday-remove"; days: { holidayId: string; locationId: string; date: string }[] }
  /** `from` is the first clinic date without the doctor; null: the doctor stays. */
  | { kind: "doctor-left"; doctorId: string; from: string | null };

export type CaseReason = (typeof CASE_REASONS)[number];

export interface FieldFault {
  /** RFC 6901 JSON Pointer into the request's body. */
  pointer: string;
  /** A plain English sentence. */
  detail: string;
  why: FaultCode;
}

/** Why a change cannot be made. */
export type Fault =
  | { code: "invalid-request"; errors: FieldFault[] }
  /** The doctor has other slots or sessions at that time. */
  | { code: "duplicate"; errors: FieldFault[] }
  | { code: "not-found" }
  | { code: "wrong-state"; current: string; detail: string; why: FaultCode };

/** The result of a change: a plan for the slots with the reason for its placement cases, or a fault. */
export type Decision = { plan: SlotPlan; reason: CaseReason } | { fault: Fault };

/** Faults in the dates of a change. The caller checks them first, because the dates decide what it reads. */
export function dateFaults(change: CalendarChange): FieldFault[] {
  const wrong = (date: string, pointer: string): FieldFault[] =>
    dateIssues(date, pointer).map(({ code, message }) => ({ pointer, detail: message, why: code }));
  const instant = (ms: number | undefined, pointer: string): FieldFault[] =>
    ms === undefined || (ms >= EARLIEST && ms < LATEST)
      ? []
      : [
          {
            pointer,
            detail: `Not between ${SCHEDULE_DATES.from} and ${SCHEDULE_DATES.to}.`,
            why: "date-out-of-bounds",
          },
        ];
  switch (change.kind) {
    case "exception-add":
      return change.exception.kind === "extra"
        ? wrong(change.exception.date, "/date")
        : [...wrong(change.exception.fromDate, "/fromDate"), ...wrong(change.exception.toDate, "/toDate")];
    case "holidays-add":
      return change.days.flatMap(({ date }) => wrong(date, "/date"));
    case "slot-add":
    case "slot-change":
      return [...instant(change.startsAt, "/startsAt"), ...instant(change.endsAt, "/endsAt")];
    case "doctor-left":
      return change.from === null ? [] : wrong(change.from, "/from");
    case "schedule":
    case "exception-remove":
    case "slot-remove":
    case "holiday-remove":
      return [];
  }
}

const EARLIEST = Date.parse(`${SCHEDULE_DATES.from}T00:00:00Z`);
const LATEST = Date.parse(`${SCHEDULE_DATES.to}T00:00:00Z`);
