import type { Client } from "pg";
import { connected } from "#dev/migrate.ts";
import type { Account } from "#dev/identity/people.ts";

/** A seeded person: what the login page needs, and who they are at the clinic. */
export interface SeedAccount extends Account {
  patientId?: string;
  doctorId?: string;
}

/** The identity provider's `sub` of a seeded account; the same in every seed. */
export function subjectOf(account: string): string {
  return `auth0|${account}`;
}

/** The address with which a member of staff logs in; patients' addresses are in their records. */
function workEmailOf(account: string): string {
  return `${account}@liffey-clinic.example`;
}

/**
 * The seeded people who can log in, in the order patient1 ..., doctor1 ..., staff1 ... . They are read from the database, so
 * they include later changes.
 */
export async function readAccounts(adminUrl: string): Promise<SeedAccount[]> {
  return connected(adminUrl, selectAccounts);
}

/** @see readAccounts */
export async function selectAccounts(client: Client): Promise<SeedAccount[]> {
  const { rows } = await client.query<{
    subject: string;
    role: Account["role"];
    name: string;
    email: string | null;
    patientId: string | null;
    doctorId: string | null;
  }>(`
    select p.subject, p.role, coalesce(t.name, d.name, p.name) as name, t.email, t.id as "patientId", d.id as "doctorId"
    from people p
      left join patients t on t.person_id = p.id and t.active
      left join doctors d on d.person_id = p.id and d.active
    where p.active and p.subject ~ '^auth0[|](patient|doctor|staff)[1-9][0-9]*$'
    order by array_position(array['patient', 'doctor', 'staff'], p.role),
      substring(p.subject from '[0-9]+$')::int`);
  return rows.map(({ subject, role, name, email, patientId, doctorId }) => {
    const account = subject.slice(subject.indexOf("|") + 1);
    return {
      account,
      role,
      name,
      subject,
      email: email ?? workEmailOf(account),
      ...(patientId === null ? {} : { patientId }),
      ...(doctorId === null ? {} : { doctorId }),
    };
  });
}
