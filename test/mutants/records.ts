import type { Mutant } from "./mutant.ts";

const FUNCTIONS = "src/db/functions";
const LOGINS = ["test/routes/first-login.test.ts"];

/** Faults in records, logins, the policy and the sealed trail. */
export const RECORDS: Mutant[] = [
  {
    name: "one-record-one-address",
    rule: "An address that several records have opens none of them.",
    file: `${FUNCTIONS}/link_login.sql`,
    find: "cardinality(candidates) > 1 or was.person_id is not null",
    replace: "was.person_id is not null",
    caughtBy: LOGINS,
  },
  {
    name: "linked-is-not-linked-again",
    rule: "A record with a login is linked to no other login.",
    file: `${FUNCTIONS}/link_login.sql`,
    find: " or was.person_id is not null",
    replace: "",
    caughtBy: LOGINS,
  },
  {
    name: "switched-off-record-opens-nothing",
    rule: "A record that is switched off is opened by no first login.",
    file: `${FUNCTIONS}/link_login.sql`,
    find: "lower(verified_email) and t.active and",
    replace: "lower(verified_email) and",
    caughtBy: LOGINS,
  },
  {
    name: "login-ends-sessions",
    rule: "A login that ends ends every session.",
    file: `${FUNCTIONS}/lib/login.sql`,
    find: "active = false, session_version = p.session_version + 1",
    replace: "active = false",
    caughtBy: ["test/routes/create-doctor.test.ts"],
  },
  {
    name: "doctor-with-patients-stays",
    rule: "A doctor who has appointments to come is not switched off.",
    file: `${FUNCTIONS}/change_doctor.sql`,
    find: "if booked > 0 then",
    replace: "if booked > 1 then",
    caughtBy: ["test/routes/create-doctor.test.ts"],
  },
  {
    name: "doctor-off-closes-slots",
    rule: "The slots to come of a doctor who is switched off are closed.",
    file: `${FUNCTIONS}/change_doctor.sql`,
    find: "where s.id = any(slot_ids) and s.status = 'open';",
    replace: "where s.id = any(slot_ids) and s.status = 'closed';",
    caughtBy: ["test/routes/create-doctor.test.ts"],
  },
  {
    name: "policy-in-order",
    rule: "The quiet window is not longer than the maximum delay.",
    file: `${FUNCTIONS}/change_policy.sql`,
    find: "y.quiet_seconds > y.max_delay_seconds",
    replace: "y.quiet_seconds < y.max_delay_seconds",
    caughtBy: ["test/routes/change-policy.test.ts", "test/db/policy-bounds.test.ts"],
  },
  {
    name: "policy-by-version",
    rule: "The policy is changed in the version that was read.",
    file: `${FUNCTIONS}/change_policy.sql`,
    find: "was.version <> all (versions)",
    replace: "was.version < all (versions)",
    caughtBy: ["test/routes/change-policy.test.ts"],
  },
  {
    name: "unborn",
    rule: "No date of birth is after today.",
    file: `${FUNCTIONS}/change_patient.sql`,
    find: "p.date_of_birth > clinic_today()",
    replace: "p.date_of_birth > clinic_today() + 1",
    caughtBy: ["test/db/record-edges.test.ts"],
  },
  {
    name: "one-number-one-patient",
    rule: "Two patients do not have one number.",
    file: `${FUNCTIONS}/change_patient.sql`,
    find: "t.number = p.number and t.id <> was.id",
    replace: "t.number = p.number and t.id = was.id",
    caughtBy: ["test/db/record-edges.test.ts"],
  },
  {
    name: "seal-follows-the-last",
    rule: "Every seal of the trail is made over the one before.",
    file: `${FUNCTIONS}/seal_audit.sql`,
    find: "order by s.number desc limit 1;",
    replace: "order by s.number limit 1;",
    caughtBy: ["test/db/audit-seals.test.ts"],
  },
  {
    name: "one-calendar-address",
    rule: "A new calendar address makes the former one worth nothing.",
    file: `${FUNCTIONS}/set_calendar_feed.sql`,
    find: "set secret_hash = decode(secret, 'hex'), created_at",
    replace: "set created_at",
    caughtBy: ["test/routes/read-calendar-feed.test.ts"],
  },
];
