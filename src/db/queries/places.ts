import { type CallerRef, type Found, read } from "../call.ts";
import type { Database } from "../client.ts";
import type { Columns } from "../rows.ts";
import type { clinic, locations } from "../schema/clinic.ts";

/** The clinic itself, as staff see and change it. */
export type ClinicRecordRow = Columns<typeof clinic, "name" | "phone" | "timeZone" | "version">;

/** A location, with the country and region whose public holidays apply there. */
export type LocationRow = Columns<
  typeof locations,
  "id" | "name" | "address" | "timeZone" | "country" | "region" | "version"
>;

/** The clinic itself: find_clinic.sql. */
export function findClinic(db: Database, caller: CallerRef): Promise<Found<ClinicRecordRow>> {
  return read(db, caller, "find_clinic");
}

/** The clinic's locations in their order: list_locations.sql. */
export function listLocations(db: Database, caller: CallerRef): Promise<Found<LocationRow[]>> {
  return read(db, caller, "list_locations");
}

/** One location: find_location.sql. */
export function findLocation(db: Database, caller: CallerRef, id: string): Promise<Found<LocationRow>> {
  return read(db, caller, "find_location", { location: id });
}
