import { run } from "../call.ts";
import type { Database } from "../client.ts";
import type { SlotRow } from "../rows.ts";

/** A slot as staff see it. */
export interface StaffSlotRow extends SlotRow {
  status: "open" | "closed";
  closedBy: "staff" | "holiday" | "absence" | null;
  appointmentId: string | null;
}

/** A slot by its id; null for none, and for the mark of a deleted one: find_slot.sql. */
export function findSlot(db: Database, id: string): Promise<StaffSlotRow | null> {
  return run(db, "find_slot", { slot: id });
}
