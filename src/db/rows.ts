import type { locations } from "./schema/clinic.ts";
import type { slots } from "./schema/appointments.ts";

/** A value of a column as functions answer it: an instant in epoch milliseconds, a date as `YYYY-MM-DD`. */
type Answered<Value> = Value extends Date ? number : Value;

/** Columns of a table, by name, as functions answer them. */
export type Columns<Table extends { $inferSelect: object }, Name extends keyof Table["$inferSelect"]> = {
  [Column in Name]: Answered<Table["$inferSelect"][Column]>;
};

/** Doctor, place and time as the database gives them: instants in epoch milliseconds, `zone` the location's IANA zone. */
export interface PlaceRow extends Columns<typeof slots, "doctorId" | "locationId" | "startsAt" | "endsAt"> {
  zone: (typeof locations.$inferSelect)["timeZone"];
}

export interface SlotRow extends PlaceRow, Columns<typeof slots, "id"> {}

/** A held slot; instants are epoch milliseconds. */
export interface HoldRow {
  id: string;
  slot: SlotRow;
  expiresAt: number;
  expiresInMs: number;
  extensionsLeft: number;
}
