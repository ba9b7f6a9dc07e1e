import type { Mutant } from "./mutant.ts";

const FIELDS = ["test/db/fields.test.ts"];

/** Faults in sealing what people say in their own words. */
export const FIELD_FAULTS: Mutant[] = [
  {
    name: "sealed-for-any-row",
    rule: "A sealed text opens in its own row only.",
    file: "src/db/fields.ts",
    find: "=> `${field} ${id}`;",
    replace: "=> field;",
    caughtBy: FIELDS,
  },
  {
    name: "opened-by-the-newest-key-only",
    rule: "Texts of an older key stay readable.",
    file: "src/db/fields.ts",
    find: "keys.find((key) => key.version === version)",
    replace: "keys.find((key) => key.version === newest)",
    caughtBy: FIELDS,
  },
  {
    name: "reason-in-clear",
    rule: "The database does not see why a patient comes.",
    file: "src/db/verbs/appointments.ts",
    find: "reason: sealed,",
    replace: "reason,",
    caughtBy: FIELDS,
  },
  {
    name: "contact-note-in-clear",
    rule: "The database does not see what staff note about a call.",
    file: "src/db/verbs/placement.ts",
    find: "note: sealed }",
    replace: "note }",
    caughtBy: FIELDS,
  },
  {
    name: "newer-words-lost",
    rule: "Words that change while they are sealed again are not replaced by the older ones.",
    file: "src/db/functions/owner/field_texts.sql",
    find: "then a.reason else a.cancel_note end = x.was",
    replace: "then a.reason else a.cancel_note end is not null",
    caughtBy: FIELDS,
  },
];
