import type { Context } from "hono";
import type { AdministrationRefusal, RecordRefusal } from "#db/verbs/record-refusal.ts";
import type { Outcome } from "#db/call.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";
import { commit, found } from "#http/act.ts";
import { etagOf, versionConflict } from "#http/etag.ts";

/** The answer about a changed record with its new ETag, the same on a replay; or the refusal. */
export async function answerRecord<Row extends { version: number }, Wire extends object>(
  c: Context<App>,
  verb: Promise<Outcome<Row, RecordRefusal | AdministrationRefusal>>,
  wireOf: (row: Row) => Wire,
) {
  const outcome = await commit(c, verb);
  if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
  return c.json(wireOf(outcome.result), 200, etagOf(outcome.result));
}

/** The problem for a record that was not changed, as its function judged it. */
export function recordRefusalOf(why: RecordRefusal | AdministrationRefusal): ProblemError {
  switch (why.code) {
    case "forbidden":
    case "step-up-required":
      return administrationRefusalOf(why);
    case "number-taken":
      return duplicate("/number", "Another patient has this number");
    case "no-such-phone": {
      const detail = "No number of the clinic's country; write those of others with + and the country's code";
      return new ProblemError("invalid-request", { errors: [{ pointer: "/phone", detail }] });
    }
    case "version-conflict":
      return versionConflict(why);
    case "wrong-state": {
      const { code, current, appointments } = why;
      return new ProblemError(code, {
        current,
        detail: STANDING[current],
        ...(appointments === undefined ? {} : { appointments }),
      });
    }
    case "name-taken":
      return duplicate("/name", "Another one has this name");
    case "unknown-zone": {
      const detail = "The database knows no such time zone";
      return new ProblemError("invalid-request", { errors: [{ pointer: "/timeZone", detail }] });
    }
    case "not-born-yet":
      return new ProblemError("invalid-request", { errors: [{ pointer: "/dateOfBirth", detail: "Not after today" }] });
    case "login-taken":
      return duplicate("/subject", "Another person at the clinic logs in with this");
    case "unknown-language": {
      const detail = `One of the clinic's languages: ${why.languages.join(", ")}`;
      return new ProblemError("invalid-request", { errors: [{ pointer: "/language", detail }] });
    }
    case "not-found":
      return new ProblemError("not-found");
  }
}

/** Staff who are no administrators are refused as if unknown. */
export function foundByAdministrator<Item>(c: Context<App>, item: Parameters<typeof found<Item>>[1]): Item {
  if (!item.known && c.get("caller").role === "staff") throw new ProblemError("forbidden");
  return found(c, item);
}

/** The problem for a caller who may not do what only administrators may. */
export function administrationRefusalOf(why: AdministrationRefusal): ProblemError {
  if (why.code === "step-up-required") return new ProblemError(why.code, { minutes: why.minutes });
  return new ProblemError(why.code, { detail: "Only administrators of the clinic may do this." });
}

function duplicate(pointer: string, detail: string): ProblemError {
  return new ProblemError("duplicate", { errors: [{ pointer, detail }] });
}

/** The obstacle in words, by the record's state. */
const STANDING = {
  merged: "This record was merged into another; change that one.",
  erased: "The patient of this record was erased.",
  active:
    "There are appointments to come: POST /doctors/{id}/leave finds new times for them, or move or cancel them first.",
  inactive: "This record is switched off; switch it on first.",
  linked: "This doctor has a login. End it first.",
  "has-slots": "There are slots to come, whose times are in the present zone: remove them from the schedule first.",
  "last-administrator": "The clinic needs an administrator: make another one first.",
} as const;
