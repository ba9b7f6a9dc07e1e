import { run } from "../call.ts";
import type { Database } from "../client.ts";
import type { Columns, SlotRow } from "../rows.ts";
import type { slots } from "../schema/appointments.ts";

/** A slot as staff see it. */
export interface StaffSlotRow extends SlotRow, Columns<typeof slots, "status" | "appointmentId"> {
  /** Marks of deleted slots are not shown. */
  closedBy: Exclude<(typeof slots.$inferSelect)["closedBy"], "removed">;
}

/** A slot by its id; null for none, and for the mark of a deleted one: find_slot.sql. */
export function findSlot(db: Database, id: string): Promise<StaffSlotRow | null> {
  return run(db, "find_slot", { slot: id });
}
