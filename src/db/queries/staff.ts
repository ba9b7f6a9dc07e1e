import { type CallerRef, type Found, read } from "../call.ts";
import type { Database } from "../client.ts";

/** A staff account. */
export interface StaffRow {
  id: string;
  name: string;
  administrator: boolean;
  active: boolean;
  /** The identity provider's `sub`; null unless the caller is an administrator. */
  subject: string | null;
  version: number;
}

/** Staff accounts by name: list_staff.sql. */
export function listStaff(
  db: Database,
  caller: CallerRef,
  status: "active" | "inactive" | "all",
): Promise<Found<StaffRow[]>> {
  return read(db, caller, "list_staff", { which: status });
}

/** One staff account: find_staff.sql. */
export function findStaff(db: Database, caller: CallerRef, id: string): Promise<Found<StaffRow>> {
  return read(db, caller, "find_staff", { staff: id });
}
