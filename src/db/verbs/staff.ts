import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { StaffRow } from "../queries/staff.ts";
import { columnsOf } from "./columns.ts";
import type { AdministrationRefusal, RecordRefusal } from "./record-refusal.ts";

export interface CreateStaffInput {
  name: string;
  /** The identity provider's `sub`. */
  subject: string;
  administrator: boolean;
}

export interface ChangeStaffInput {
  staffId: string;
  /** The versions (ETags) that the caller accepts, usually one. */
  versions: number[];
  /** Named members are set; the others stay. */
  changes: { name?: string | undefined; administrator?: boolean | undefined; active?: boolean | undefined };
}

/** An administrator lets a person log in as staff: create_staff.sql. */
export function createStaff(
  db: Database,
  act: Act,
  { name, subject, administrator }: CreateStaffInput,
): Promise<Outcome<StaffRow, RecordRefusal | AdministrationRefusal>> {
  return call(db, act, "create_staff", { staff_name: name, login: subject, is_administrator: administrator });
}

/** An administrator changes a staff account, or switches it off: change_staff.sql. */
export function changeStaff(
  db: Database,
  act: Act,
  { staffId, versions, changes }: ChangeStaffInput,
): Promise<Outcome<StaffRow, RecordRefusal | AdministrationRefusal>> {
  return call(db, act, "change_staff", { staff: staffId, versions, changes: columnsOf(changes) });
}
