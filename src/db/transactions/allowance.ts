import { type SQL, sql } from "drizzle-orm";
import { NOW, ms } from "../fragments.ts";

/** A patient has used up their holding time; it has come back far enough at `resetsAt`, epoch milliseconds. */
export interface HoldLimit {
  code: "hold-limit";
  resetsAt: number;
  /** The clinic's zone, for that instant. */
  zone: string;
}

/** The holding time of a day comes back within a day, so that a second held costs so many seconds of it. */
const SCALE = sql`(86400 / 60.0 / (select hold_minutes_per_day from policy))`;

/**
 * `allowance(ok, debt_until)`: whether the locked patient may hold for `seconds` more, and what they owe then. A token
 * bucket kept as one instant (the generic cell rate algorithm, ITU-T I.371): at most `holdMinutesPerDay` at once, given
 * back evenly over a day. What is granted is charged in full, so that holding and letting go in a loop is bounded as
 * well. It does not bind staff.
 */
export function allowanceCte(seconds: SQL, staff: boolean): SQL {
  return sql`allowance as materialized (
    select ${staff} or x.debt_until <= ${NOW} + interval '86400 seconds' as ok, x.debt_until
    from (select greatest(t.hold_debt_until, ${NOW}) + make_interval(secs => (${seconds}) * ${SCALE}) as debt_until
      from patient t) x)`;
}

/** The patient's new debt, for the `set` of an update of patients `t`. */
export function debtAfter(staff: boolean): SQL {
  return staff ? sql`t.hold_debt_until` : sql`(select debt_until from allowance)`;
}

/** The refusal for want of holding time, or null. */
export const HOLD_LIMIT = sql`(select jsonb_build_object('code', 'hold-limit', 'zone', (select time_zone from clinic),
  'resetsAt', ${ms(sql`w.debt_until - interval '86400 seconds'`)}) from allowance w where not w.ok)`;
