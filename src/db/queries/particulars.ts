import { type SQL, sql } from "drizzle-orm";
import { ms } from "../fragments.ts";
import { alternatives } from "./alternatives.ts";
import { answerBy } from "./appointments.ts";
import { languageOf } from "./preferences.ts";

const NOW = sql`clock_timestamp()`;

/**
 * What a mail to patient `t` about appointment `a` needs to say beside what is true of it, as jsonb for the domain's
 * `Particulars`. The doctor's name is not even read unless the clinic has its mails name them.
 */
export function particularsJson(a: SQL, t: SQL): SQL {
  const only = sql`(select count(*) = 1 from locations)`;
  return sql`jsonb_build_object(
    'patient', jsonb_build_object('name', ${t}.name, 'email', ${t}.email, 'language', ${languageOf(t)},
      'suppressed', (select u.reason from suppressions u where u.address = lower(${t}.email))),
    'clinic', (select jsonb_build_object('name', c.name, 'phone', c.phone) from clinic c),
    'location', (select jsonb_build_object('name', l.name, 'address', l.address, 'only', ${only})
      from locations l where l.id = ${a}.location_id),
    'doctorName', (select d.name from doctors d where d.id = ${a}.doctor_id and (select mail_names_doctor from policy)),
    'changeableUntil', (
      select ${ms(sql`${a}.starts_at - make_interval(hours => p.freeze_hours)`)} from policy p
      where ${a}.patient_id = ${t}.id and ${a}.status in ('booked', 'moved')
        and ${a}.starts_at - make_interval(hours => p.freeze_hours) > ${NOW}
        and (${a}.status = 'moved' or (${a}.changes_used < p.change_budget and p.patient_change_budget > (
          select count(*) from unnest(${t}.change_times) x
          where x > ${NOW} - make_interval(days => p.change_window_days))))),
    'move', case when ${a}.status = 'moved' and ${a}.patient_id = ${t}.id then jsonb_build_object(
      'answerBy', ${ms(answerBy(a))},
      'alternatives', (
        select coalesce(jsonb_agg(jsonb_build_object('slotId', x.s ->> 'id', 'startsAt', x.s -> 'startsAt',
          'endsAt', x.s -> 'endsAt', 'timeZone', x.s -> 'zone', 'locationName', (
            select l.name from locations l where l.id = (x.s ->> 'locationId')::uuid and not ${only})) order by x.n), '[]')
        from jsonb_array_elements(${alternatives(a, NOW)}) with ordinality x (s, n))) end)`;
}
