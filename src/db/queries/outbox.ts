import { type SQL, sql } from "drizzle-orm";

/** Why a message surely was not sent; any other failure leaves open whether it was. */
const NOT_SENT = ["no-address", "suppressed", "MessageRefused", "MessageNotTaken"];

/** `sequence` of the last message about outbox row `o` that was begun after the one recorded as told, null if none was. */
export const perhapsSent = (o: SQL): SQL => sql`
  select max(d.sequence) as sequence from deliveries d
  where d.appointment_id = ${o}.appointment_id and d.patient_id = ${o}.patient_id and d.sequence > ${o}.sequence
    and d.kind <> 'reminder' and (d.state <> 'failed' or d.why not in (${sql.join(
      NOT_SENT.map((why) => sql`${why}`),
      sql`, `,
    )}))`;
