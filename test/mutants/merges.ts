import type { Mutant } from "./mutant.ts";

const FUNCTIONS = "src/db/functions";
const MERGE = ["test/db/merge-patients.test.ts"];
const LOCKS = ["test/db/lock-order.test.ts"];

/** Faults in merging two records. */
export const MERGES: Mutant[] = [
  {
    name: "merged-by-id",
    rule: "A merge locks both patients by id.",
    file: `${FUNCTIONS}/merge_patients.sql`,
    find: "order by x.id for no key update;",
    replace: "order by x.id desc for no key update;",
    caughtBy: LOCKS,
  },
  {
    name: "merged-into-an-unmerged-record",
    rule: "No record is merged into one that was merged itself.",
    file: `${FUNCTIONS}/merge_patients.sql`,
    find: "if was.merged_into is not null then",
    replace: "if was.merged_into = s.id then",
    caughtBy: MERGE,
  },
  {
    name: "merged-of-one-login",
    rule: "Two records with a login each are not merged.",
    file: `${FUNCTIONS}/merge_patients.sql`,
    find: "s.person_id is not null and was.person_id is not null",
    replace: "s.person_id = was.person_id",
    caughtBy: MERGE,
  },
  {
    name: "merged-without-clash",
    rule: "Two records with appointments at one time are not merged.",
    file: `${FUNCTIONS}/merge_patients.sql`,
    find: "if clash is not null then",
    replace: "if clash is not null and me.role <> 'staff' then",
    caughtBy: MERGE,
  },
  {
    name: "merged-keeps-both-wishes",
    rule: "What either record asked of the clinic holds for the target.",
    file: `${FUNCTIONS}/merge_patients.sql`,
    find: "reminders = x.reminders and s.reminders",
    replace: "reminders = x.reminders or s.reminders",
    caughtBy: MERGE,
  },
  {
    name: "merged-keeps-what-was-spent",
    rule: "The changes of both records count for the target.",
    file: `${FUNCTIONS}/merge_patients.sql`,
    find: "unnest(x.change_times || s.change_times)",
    replace: "unnest(x.change_times)",
    caughtBy: MERGE,
  },
  {
    name: "merged-ends-holds",
    rule: "The holds of the source's record end.",
    file: `${FUNCTIONS}/lib/merge_records.sql`,
    find: "where x.id = any(s.hold_slot_ids) and x.held_by = s.id returning",
    replace: "where x.id = any(s.hold_slot_ids) and x.held_by = target.id returning",
    caughtBy: MERGE,
  },
  {
    name: "merged-is-no-news",
    rule: "A merge notifies nothing a second time.",
    file: `${FUNCTIONS}/lib/merge_notifications.sql`,
    find: "update outbox o set patient_id = target where o.patient_id = source;",
    replace: "update outbox o set patient_id = target, last_notified = null where o.patient_id = source;",
    caughtBy: MERGE,
  },
];
