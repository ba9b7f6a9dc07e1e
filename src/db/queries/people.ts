import { type CallerRef, read } from "../call.ts";
import type { Database } from "../client.ts";

/** The person behind a caller, with what they are at the clinic. */
export interface PersonRow {
  personId: string;
  role: CallerRef["role"];
  name: string;
  administrator: boolean;
  sessionVersion: number;
  patientId: string | null;
  doctorId: string | null;
  sessionMinutes: number;
}

/** Null when the database knows no such active person in that role and session version: find_person.sql. */
export async function findPerson(db: Database, caller: CallerRef): Promise<PersonRow | null> {
  return (await read<PersonRow>(db, caller, "find_person")).item;
}
