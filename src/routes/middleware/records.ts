import type { RecordRefusal } from "#db/transactions/record.ts";
import { formatInstant } from "#domain/clinic-time.ts";
import { ProblemError } from "#src/problem.ts";

/** The problem for a record that was not changed, as the statement judged it; null `why`: there is no such record. */
export function recordRefusalOf(why: RecordRefusal | null): ProblemError {
  switch (why?.code) {
    case "version-conflict": {
      const changedAt = formatInstant(why.changedAt, why.zone);
      return new ProblemError(why.code, { changedBy: why.changedBy ?? "the system", changedAt });
    }
    case "wrong-state": {
      const { code, current, appointments } = why;
      return new ProblemError(code, {
        current,
        detail: STANDING[current],
        ...(appointments === undefined ? {} : { appointments }),
      });
    }
    case "not-born-yet":
      return new ProblemError("invalid-request", { errors: [{ pointer: "/dateOfBirth", detail: "Not after today" }] });
    case "login-taken":
      return new ProblemError("invalid-request", {
        errors: [{ pointer: "/subject", detail: "Somebody at the clinic logs in with this" }],
      });
    case "unknown-language": {
      const detail = `One of the clinic's languages: ${why.languages.join(", ")}`;
      return new ProblemError("invalid-request", { errors: [{ pointer: "/language", detail }] });
    }
    case undefined:
      return new ProblemError("not-found");
  }
}

/** What stands in the way, by the state that the record is in. */
const STANDING = {
  merged: "This record was merged into another; change that one.",
  active: "There are appointments to come: POST /doctors/{id}/leave places them anew, or move or cancel them first.",
  inactive: "This record is switched off; switch it on first.",
  linked: "Somebody can log in as this doctor; end that login first.",
} as const;
