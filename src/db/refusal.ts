import type { AppointmentState } from "#domain/lifecycle.ts";
import type { HoldRow, SlotRow } from "./rows.ts";

/**
 * Why a verb changed nothing, as its function judged it (src/db/functions). Codes and data, no words. Instants are epoch
 * milliseconds, `zone` the IANA zone to show them in.
 */
export type Refusal =
  /** There is no such thing, or none for this caller. */
  | { code: "not-found" }
  /** Another patient has the slot, or none is free: what can be had instead. */
  | { code: "slot-taken"; alternatives: SlotRow[] }
  /** `slotFree`: the hold is over, but its slot can be held again. `heldInstead`: the patient's later hold, which ended it. */
  | { code: "hold-expired"; slotFree: boolean; slotId?: string; alternatives?: SlotRow[]; heldInstead?: HoldRow }
  /** The patient's holding time is used up until `resetsAt`; or this hold's extensions are. */
  | { code: "hold-limit"; resetsAt: number; zone: string }
  | { code: "hold-limit"; expiresInMs: number }
  /** `own`: the caller made that change. `changedBy` is a name, null for the system itself. */
  | { code: "version-conflict"; changedBy: string | null; own: boolean; changedAt: number; zone: string }
  | {
      code: "wrong-state";
      current: AppointmentState | "placed" | "patient-inactive" | "patient-merged";
      possibleFrom: number | null;
      zone: string | null;
    }
  /** Another person has claimed the placement case until this time. */
  | { code: "case-claimed"; claimedBy: string; until: number; zone: string }
  | { code: "frozen"; what: "appointment" | "slot"; phone: string }
  | {
      code: "change-budget-spent";
      per: "appointment" | "patient";
      resetsAt: number | null;
      phone: string;
      zone: string;
    }
  /** As many appointments to come, or bookings, moves and cancellations within the window, as one patient may have. */
  | {
      code: "booking-limit";
      what: "appointments" | "actions";
      limit: number;
      resetsAt: number | null;
      phone: string;
      zone: string;
    }
  /** The slot is free, but not for this appointment. */
  | { code: "slot-unsuitable"; because: "too-short" | "other-specialty" | "other-location" }
  /** The request names a slot that does not exist. */
  | { code: "no-such-slot" }
  /** When to call the patient again has passed, or is more than the given number of days ahead. */
  | { code: "not-in-future" }
  | { code: "too-far-ahead"; days: number }
  | { code: "invalid-request"; pointer: string; detail: string }
  | { code: "overlaps-own-appointment"; appointmentId: string };

/** The refusals of one verb. */
export type RefusalOf<Code extends Refusal["code"]> = Extract<Refusal, { code: Code }>;
