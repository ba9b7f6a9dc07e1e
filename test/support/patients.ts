import type pg from "pg";
import type { SeedAccount } from "#dev/seed/accounts.ts";
import type { Stranger } from "#dev/login.ts";

/** A patient of the test: only the test books, holds and notifies for this patient. */
export interface OwnPatient {
  /** For `stack().as(...)`. */
  account: string;
  /** The id of the patient's record. */
  id: string;
  personId: string;
  subject: string;
  email: string;
}

type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

/**
 * Makes patients that the seed knows nothing of. A seeded patient may have a visit at the very time that a test books,
 * which the clinic rightly refuses.
 */
export class OwnPatients {
  readonly #sql: Query;
  readonly #logins = new Map<string, Stranger>();
  #count = 0;

  constructor(sql: Query) {
    this.#sql = sql;
  }

  async make(count: number): Promise<OwnPatient[]> {
    const from = this.#count;
    this.#count += count;
    const patients = await this.#sql<OwnPatient>(
      `with made as (select 'own' || n as account, n from generate_series($1::int + 1, $1::int + $2::int) n),
       person as (
         insert into people (subject, role, name)
         select 'test|' || account, 'patient', initcap(account) || ' Patient' from made returning id, subject),
       patient as (
         insert into patients (person_id, number, name, date_of_birth, email)
         select p.id, m.account, initcap(m.account) || ' Patient', '1980-01-01', m.account || '@patients.example'
         from made m join person p on p.subject = 'test|' || m.account returning id, person_id, number, email)
       select t.number as account, t.id, p.id as "personId", p.subject, t.email
       from patient t join person p on p.id = t.person_id join made m on m.account = t.number order by m.n`,
      [from, count],
    );
    for (const { account, subject, email } of patients) {
      this.#logins.set(account, { subject, name: account, email, role: "patient" });
    }
    return patients;
  }

  /** The input for the login page for one of these patients. For any other account its name. */
  loginOf(account: string): string | Stranger {
    return this.#logins.get(account) ?? account;
  }
}

/**
 * Remembers what the seed booked. The returned function names the accounts with seeded visits that got more bookings since;
 * there must be none.
 */
export async function watchSeededVisits(
  sql: Query,
  accounts: readonly SeedAccount[],
): Promise<() => Promise<string[]>> {
  const seeded = await sql<{ id: string; patient: string }>("select id, patient_id as patient from appointments");
  const visits = seeded.map(({ id }) => id);
  const visitors = [...new Set(seeded.map(({ patient }) => patient))];
  return async () => {
    const booked = await sql<{ patient: string }>(
      "select distinct patient_id as patient from appointments where patient_id = any($1) and id <> all($2)",
      [visitors, visits],
    );
    return booked.map(({ patient }) => accounts.find(({ patientId }) => patientId === patient)?.account ?? patient);
  };
}
