import { afterAll } from "vitest";
import { accept, cancel, reschedule } from "#db/verbs/appointment-changes.ts";
import { confirm } from "#db/verbs/appointments.ts";
import { extendHold } from "#db/verbs/holds.ts";
import { hold } from "#db/verbs/holds.ts";
import type { Outcome } from "#db/call.ts";
import { type Entry, RULES, type Version, type Who, provesTheRules } from "#test/support/change-rules.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, foundClinic, hire, openDesk } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;

const locationId = await foundClinic(admin, RULES);
const [staff] = (await hire(admin, "staff", 1)) as [Person];

const overrideOf = ({ door }: Who) => (door === "override" ? { reason: "The patient's sister is ill" } : null);

const subjectOf = ({ appointmentId, version, patientId }: Version) => ({
  appointmentId,
  versions: [version],
  patientId: patientId ?? null,
});

function verdictOf(outcome: Outcome<unknown, { code: string }>): string {
  return outcome.kind === "refused" ? outcome.why.code : outcome.kind;
}

const verbs: Entry = {
  reschedule: async (who, subject, holdId) =>
    verdictOf(await reschedule(db, actOf(who.person), { ...subjectOf(subject), holdId, override: overrideOf(who) })),
  cancel: async (who, subject, by) => {
    const reason = { by, code: "other", note: null };
    return verdictOf(await cancel(db, actOf(who.person), { ...subjectOf(subject), reason, override: overrideOf(who) }));
  },
  accept: async ({ person }, subject) => verdictOf(await accept(db, actOf(person), subjectOf(subject))),
  extend: async ({ person }, holdId) => verdictOf(await extendHold(db, actOf(person), holdId)),
  async hold(who, slotId, patientId) {
    const outcome = await hold(db, actOf(who.person), patientId, { slotId }, overrideOf(who));
    const verdict = verdictOf(outcome);
    return {
      verdict: verdict === "slot-taken" ? "taken" : verdict,
      id: outcome.kind === "done" ? outcome.result.id : null,
    };
  },
  async confirm(who, holdId, named) {
    const patientId = named ?? null;
    const input = { holdId, patientId, reason: null, override: overrideOf(who) };
    const outcome = await confirm(db, actOf(who.person), input);
    const verdict = verdictOf(outcome);
    const refused = verdict === "hold-expired" || verdict === "overlaps-own-appointment";
    return { verdict: refused ? "refused" : verdict, id: outcome.kind === "done" ? outcome.result.id : null };
  },
};

provesTheRules(async () => ({ admin, locationId, staff, entry: verbs, subjects: null }));
