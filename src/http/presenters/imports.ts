import type { ImportAnswer, ImportFinding, ImportRowAnswer } from "#contract/answers/imports.ts";
import type { ImportedRow, ImportRow } from "#db/queries/imports.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { recordRefusalOf } from "#http/records.ts";
import type { RecordRefusal } from "#db/verbs/record-refusal.ts";

export function importOf({ zone, ...row }: ImportRow): ImportAnswer {
  return {
    ...row,
    createdAt: formatInstant(row.createdAt, zone),
    undoneAt: row.undoneAt === null ? null : formatInstant(row.undoneAt, zone),
  };
}

export function importedRowOf(row: ImportedRow): ImportRowAnswer {
  return { ...row, findings: row.findings.map(findingOf) };
}

/** Codes of patients' records, which registering refuses with as well. */
const AS_REGISTERING = ["number-taken", "no-such-phone", "not-born-yet", "unknown-language"];

/** What the database finds in a row beside that: the wire's code, and a sentence. */
const SAYS: Record<string, [code: ImportFinding["code"], detail: string]> = {
  "same-id": ["duplicate", "A row before this one has the same id"],
  "no-such-patient": ["invalid-request", "No patient was imported with this id"],
  "no-such-doctor": ["invalid-request", "No doctor was imported with this id"],
  "no-such-location": ["invalid-request", "The clinic has no location of this name, or several and none was named"],
  "no-such-time": ["invalid-request", "The clocks skip this time at the location"],
  "out-of-order": ["invalid-request", "Must be after the start, and at most a day later"],
  "bad-session": ["invalid-request", "The schedule cannot have this session"],
  "not-yet": ["wrong-state", "This can be said only of an appointment that has begun"],
  "patient-inactive": ["wrong-state", "The patient's record is switched off"],
  "doctor-inactive": ["wrong-state", "The doctor's record is switched off"],
  closed: ["wrong-state", "A holiday or an absence closes this time"],
  "overlaps-own-appointment": ["overlaps-own-appointment", "The patient has another appointment at that time"],
  "slot-taken": ["slot-taken", "The doctor has another slot at that time"],
  "schedule-changed": [
    "version-conflict",
    "The doctor's schedule has changed since: bring the row again in another import",
  ],
  corrected: ["corrected", "Written in its usual form"],
  "possible-duplicate": ["possible-duplicate", "May be of the same person"],
  "built-on": ["built-on", "Stays, because something was built on it"],
};

/** A finding on the wire: what registering would refuse with has the same code and the same words. */
function findingOf(finding: ImportedRow["findings"][number]): ImportFinding {
  const { code, detail, field, ...rest } = finding;
  const more = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== "refuses"));
  const where = typeof field === "string" && field !== "" ? { field } : {};
  if (AS_REGISTERING.includes(code)) {
    const problem = recordRefusalOf({ code, ...more } as RecordRefusal);
    return { ...where, code: problem.code, detail: problem.members.errors?.[0]?.detail ?? "" };
  }
  const [known, says] = SAYS[code] ?? ["invalid-request", ""];
  return { ...where, code: known, detail: typeof detail === "string" ? detail : says, ...more };
}
