import { afterAll } from "vitest";
import { accept } from "#db/transactions/accept.ts";
import { cancel } from "#db/transactions/cancel.ts";
import { confirm } from "#db/transactions/confirm.ts";
import { extendHold } from "#db/transactions/extend-hold.ts";
import { hold } from "#db/transactions/hold.ts";
import { reschedule } from "#db/transactions/reschedule.ts";
import type { Outcome } from "#db/verb.ts";
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

function verdictOf(outcome: Outcome<unknown, { code: string }>, otherwise = "refused"): string {
  if (outcome.kind !== "refused") return outcome.kind;
  return outcome.why?.code ?? (outcome.patientKnown ? otherwise : "not-found");
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
    return { verdict: verdictOf(outcome, "taken"), id: outcome.kind === "done" ? outcome.result.id : null };
  },
  async confirm(who, holdId, named) {
    const patientId = named ?? null;
    const input = { holdId, patientId, reason: null, override: overrideOf(who) };
    const outcome = await confirm(db, actOf(who.person), input);
    if (outcome.kind === "done") return { verdict: "done", id: outcome.result.id };
    if (outcome.kind !== "refused") return { verdict: outcome.kind, id: null };
    return { verdict: outcome.fate?.nobody ? "not-found" : "refused", id: null };
  },
};

provesTheRules(async () => ({ admin, locationId, staff, entry: verbs, subjects: null }));
