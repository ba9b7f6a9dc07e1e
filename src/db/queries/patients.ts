import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../client.ts";
import { type CallerRef, read } from "../call.ts";
import { actorCte, ctes } from "../fragments.ts";
import { notedCte } from "../reads.ts";

/** A patient's record as staff see it. Dates are `YYYY-MM-DD`. */
export interface PatientRow {
  id: string;
  number: string;
  name: string;
  dateOfBirth: string;
  email: string | null;
  phone: string | null;
  language: string;
  reminders: boolean;
  /** Why no mail goes to this address any more. */
  mailStopped: "bounce" | "complaint" | null;
  keepsLocation: boolean;
  active: boolean;
  hasLogin: boolean;
  mergedInto: string | null;
  version: number;
}

/** A patient `t` as jsonb, for `PatientRow`. */
export function patientJson(t: SQL): SQL {
  return sql`jsonb_build_object('id', ${t}.id, 'number', ${t}.number, 'name', ${t}.name,
    'dateOfBirth', ${t}.date_of_birth, 'email', ${t}.email, 'phone', ${t}.phone, 'language', ${t}.language,
    'reminders', ${t}.reminders, 'keepsLocation', ${t}.keeps_location, 'active', ${t}.active, 'hasLogin', ${t}.person_id is not null, 'mergedInto', ${t}.merged_into,
    'mailStopped', (select u.reason from suppressions u where u.address = lower(${t}.email)),
    'version', ${t}.version)`;
}

/** One record, and that it was read: find_patient.sql. */
export function findPatient(db: Database, caller: CallerRef, id: string, requestId: string) {
  return read<PatientRow>(db, caller, "find_patient", { patient: id }, requestId);
}

export interface PatientsFilter {
  /** Words of a name, each once begun or misspelt. */
  words: string[];
  dateOfBirth: string | null;
  /** The beginning of the number, capitals and digits only. */
  number: string | null;
  after: { rank: number; id: string } | undefined;
  limit: number;
}

/** A letter wrong in a word of three or four, two in a longer one (so also two that changed places). */
const allowed = (word: SQL): SQL =>
  sql`(case when length(${word}) >= 5 then 2 when length(${word}) >= 3 then 1 else 0 end)`;

/**
 * A page of patients, one more than `limit` to show that there is more; merged records are left out. First, by name,
 * those in whose name every word is begun by one asked for; then, if that does not fill the page, those that are only a
 * few letters away, nearest first. `rank` is that distance. Whom staff were shown is noted, in one entry.
 */
export async function searchPatients(db: Database, caller: CallerRef, filter: PatientsFilter, requestId: string) {
  const words = filter.words.map((word) => sql`ltrim(search_text(${word}))`);
  const where = [sql`exists (select from actor)`, sql`t.merged_into is null`];
  if (filter.dateOfBirth) where.push(sql`t.date_of_birth = ${filter.dateOfBirth}::date`);
  if (filter.number) where.push(sql`t.number_search like ${`${filter.number}%`}`);
  const all = (parts: SQL[]) => sql.join(parts, sql` and `);
  const begun = words.map((word) => sql`t.name_search like '% ' || ${word} || '%'`);
  const last = filter.after
    ? sql`((select c.name_search from patients c where c.id = ${filter.after.id}::uuid), ${filter.after.id}::uuid)`
    : null;
  const beyond = last ? sql`(t.name_search, t.id) > ${last}` : sql`true`;
  const rank = filter.after?.rank ?? 0;
  const most = filter.limit + 1;

  // Distances of each word to the nearest word of the name; a beginning is no distance.
  const distances = words.map(
    (
      word,
      index,
    ) => sql`(select min(case when starts_with(x, ${word}) then 0 else levenshtein_less_equal(x, ${word}, 2) end)
      from unnest(string_to_array(ltrim(t.name_search), ' ')) x) as ${sql.identifier(`d${index}`)}`,
  );
  const near = words.map((word, index) => sql`d.${sql.identifier(`d${index}`)} <= ${allowed(word)}`);
  const total = sql.join(
    words.map((_, index) => sql`d.${sql.identifier(`d${index}`)}`),
    sql` + `,
  );
  const close =
    words.length === 0
      ? sql`select id, name_search, 0 as rank from exact where false`
      : sql`select t.id, t.name_search, (${total})::int as rank
          from patients t cross join lateral (select ${sql.join(distances, sql`, `)}) d
          where (select count(*) from exact) < ${most} and ${all(where)}
            and ${all(words.map((word) => sql`t.name_search %> ${word}`))}
            and ${all(near)} and ${total} > 0 ${last && rank > 0 ? farther(total, rank, last) : sql``}
          order by rank, t.name_search, t.id limit ${most}`;

  const [row] = await db.rows<{ known: boolean; items: (PatientRow & { rank: number })[] }>(sql`${ctes([
    actorCte(caller),
    sql`exact as materialized (
      select t.id, t.name_search, 0 as rank from patients t
      where ${rank === 0 ? sql`true` : sql`false`} and ${all([...where, ...begun, beyond])}
      order by t.name_search, t.id limit ${most})`,
    sql`close as materialized (${close})`,
    sql`page as materialized (
      select f.id, f.name_search, f.rank from (select * from exact union all select * from close) f
      order by f.rank, f.name_search, f.id limit ${most})`,
    notedCte({
      action: "patient.search",
      entity: "person",
      entries: sql`select (select id from actor), null::uuid, jsonb_build_object('patientIds', jsonb_agg(p.id order by p.id))
        from page p having count(*) > 0`,
      requestId,
    }),
  ])} select exists (select from actor) as known,
    coalesce((select jsonb_agg(${patientJson(sql`t`)} || jsonb_build_object('rank', p.rank)
      order by p.rank, p.name_search, p.id) from page p join patients t on t.id = p.id), '[]') as items`);
  return row?.known ? row.items : null;
}

/** Behind a position among those that are only near: farther away, or as far and later by name. */
function farther(total: SQL, rank: number, last: SQL): SQL {
  return sql`and ((${total}) > ${rank}::int or ((${total}) = ${rank}::int and (t.name_search, t.id) > ${last}))`;
}
