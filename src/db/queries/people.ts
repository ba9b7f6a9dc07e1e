import { sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import type { CallerRef } from "../call.ts";
import { actorCte, ctes } from "../fragments.ts";

/** The person behind a caller, with what they are at the clinic. */
export interface PersonRow {
  personId: string;
  role: CallerRef["role"];
  name: string;
  sessionVersion: number;
  patientId: string | null;
  doctorId: string | null;
  sessionMinutes: number;
}

/** Null when the database knows no such active person in that role (or no longer in that sessionVersion). */
export async function findPerson(db: Database, caller: CallerRef): Promise<PersonRow | null> {
  const [row] = await db.rows<{ person: PersonRow }>(sql`${ctes([actorCte(caller)])}
    select jsonb_build_object('personId', p.id, 'role', p.role, 'name', coalesce(t.name, d.name, p.name),
      'sessionVersion', p.session_version, 'patientId', t.id, 'doctorId', d.id,
      'sessionMinutes', (select session_minutes from policy)) as person
    from actor a join people p on p.id = a.id
      left join patients t on t.person_id = p.id and t.active
      left join doctors d on d.person_id = p.id and d.active`);
  return row?.person ?? null;
}
