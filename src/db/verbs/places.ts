import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { ClinicRecordRow, LocationRow } from "../queries/places.ts";
import { columnsOf } from "./columns.ts";
import type { AdministrationRefusal, LoginOf, RecordRefusal } from "./record-refusal.ts";

export interface ClinicInput {
  name: string;
  phone: string;
  /** An IANA name. */
  timeZone: string;
}

export interface LocationInput {
  name: string;
  address: string;
  /** An IANA name. */
  timeZone: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** As the country's file of holidays names it; null: none. */
  region: string | null;
}

type Changes<Input> = { [Member in keyof Input]?: Input[Member] | undefined };
type Refusal = RecordRefusal | AdministrationRefusal;

/** An administrator changes the clinic itself: change_clinic.sql. Left out members stay. */
export function changeClinic(
  db: Database,
  act: Act,
  { versions, changes }: { versions: number[]; changes: Changes<ClinicInput> },
): Promise<Outcome<ClinicRecordRow, Refusal>> {
  return call(db, act, "change_clinic", { versions, changes: columnsOf(changes) });
}

/** An administrator adds a location: create_location.sql. */
export function createLocation(db: Database, act: Act, input: LocationInput): Promise<Outcome<LocationRow, Refusal>> {
  return call(db, act, "create_location", { given: columnsOf(input) });
}

/** An administrator changes a location: change_location.sql. Left out members stay. */
export function changeLocation(
  db: Database,
  act: Act,
  { id, versions }: LoginOf,
  changes: Changes<LocationInput>,
): Promise<Outcome<LocationRow, Refusal>> {
  return call(db, act, "change_location", { location: id, versions, changes: columnsOf(changes) });
}
