import { sql } from "drizzle-orm";
import type { Feedback } from "#domain/feedback.ts";
import type { Database } from "../client.ts";
import { ctes } from "../fragments.ts";
import { openTask } from "./task.ts";

export interface MailFeedback extends Feedback {
  /** SES's id of the mail, and ours of the delivery, if it came back with the mail. */
  messageId: string;
  deliveryId: string | null;
  /** Whom it concerns, as SES names them. */
  addresses: string[];
}

/** From which states of a delivery feedback takes it on. Any other has had it already: a message that is repeated. */
const FROM: Record<Feedback["outcome"], string[]> = {
  delivered: ["sending", "sent", "failed"],
  bounced: ["sending", "sent", "failed", "delivered"],
  complained: ["sending", "sent", "failed", "delivered", "bounced"],
  rejected: ["sending", "sent"],
  noted: ["sending", "sent"],
};

const TASK = { bounced: "mail-bounced", complained: "mail-complained", rejected: "mail-refused" } as const;
const REASON = { bounced: "bounce", complained: "complaint" } as const;

/**
 * Records what became of a mail, in one statement: the delivery's state, and for what bounced for good or was complained
 * about that nothing more goes to that address, with a task for staff. Each takes effect once: a repeated message does
 * not stop mail that staff have resumed. Answers whether there was anything to record.
 */
export async function recordFeedback(db: Database, feedback: MailFeedback): Promise<boolean> {
  const { outcome, why, messageId, deliveryId, addresses } = feedback;
  const reason = outcome === "bounced" || outcome === "complained" ? REASON[outcome] : null;
  const task = outcome === "delivered" || outcome === "noted" ? null : TASK[outcome];
  const state = outcome === "noted" ? sql`d.state` : outcome === "rejected" ? sql`'failed'` : sql`${outcome}::text`;
  const parts = [
    sql`updated as (
      update deliveries d set state = ${state}, feedback_at = clock_timestamp(), why = ${why}::text,
        message_id = coalesce(d.message_id, ${messageId})
      where d.id = (
          select x.id from deliveries x where x.id = ${deliveryId}::uuid or x.message_id = ${messageId}
          order by x.id = ${deliveryId}::uuid desc nulls last limit 1)
        and d.state = any(${`{${FROM[outcome].join(",")}}`}::text[])
      returning d.*)`,
  ];
  if (reason) {
    parts.push(sql`suppressed as (
      insert into suppressions (address, reason)
      select distinct lower(x.address), ${reason} from jsonb_array_elements_text(${JSON.stringify(addresses)}::jsonb) x (address)
      where exists (select from updated)
      on conflict do nothing)`);
  }
  if (task) {
    const detail = sql`jsonb_build_object('deliveryId', u.id, 'why', ${why}::text)`;
    parts.push(openTask("opened", sql`select ${task}::text, u.patient_id, u.appointment_id, ${detail} from updated u`));
  }
  const rows = await db.rows(sql`${ctes(parts)} select id from updated`);
  return rows.length > 0;
}
