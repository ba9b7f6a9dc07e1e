import { type CallerRef, read } from "../call.ts";
import type { Database } from "../client.ts";
import type { Columns } from "../rows.ts";
import type { people } from "../schema/people.ts";

/** The person behind a caller, with what they are at the clinic. */
export interface PersonRow extends Columns<typeof people, "role" | "name" | "administrator" | "sessionVersion"> {
  personId: string;
  patientId: string | null;
  doctorId: string | null;
  sessionMinutes: number;
}

/** Null when the database knows no such active person in that role and session version: find_person.sql. */
export async function findPerson(db: Database, caller: CallerRef): Promise<PersonRow | null> {
  return (await read<PersonRow>(db, caller, "find_person")).item;
}
