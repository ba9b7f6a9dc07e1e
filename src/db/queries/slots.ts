import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { SlotRow } from "../fragments.ts";
import { staffSlotJson } from "../transactions/calendar-rows.ts";

/** A slot as staff see it. */
export interface StaffSlotRow extends SlotRow {
  status: "open" | "closed";
  closedBy: "staff" | "holiday" | "absence" | null;
  appointmentId: string | null;
}

/** A slot by its id; null for none, and for the mark of a deleted one. */
export async function findSlot(db: Database, id: string): Promise<StaffSlotRow | null> {
  const [row] = await db.rows<{ slot: StaffSlotRow }>(sql`
    select ${staffSlotJson(sql`s`)} as slot from slots s
    where s.id = ${id}::uuid and s.by_hand is distinct from 'removed'`);
  return row?.slot ?? null;
}
