import { createRoute } from "@hono/zod-openapi";
import * as z from "zod/v4";
import { IfMatch } from "#contract/appointments.ts";
import { ChangePreferences, Preferences } from "#contract/preferences.ts";
import { type PreferencesRow, findPreferences } from "#db/queries/preferences.ts";
import { changePreferences } from "#db/transactions/change-preferences.ts";
import { ProblemError } from "#src/problem.ts";
import { actOf, commit, noActor, versionsOf } from "./middleware/act.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { recordRefusalOf } from "./middleware/records.ts";
import { body, json, problems, router } from "./middleware/router.ts";

const shared = { path: "/preferences", tags: ["Preferences"], middleware: authenticate("patient") };
const answer = (description: string) => ({
  ...json(Preferences, description),
  headers: z.object({ ETag: z.string() }),
});

const getPreferences = createRoute({
  ...shared,
  method: "get",
  operationId: "getPreferences",
  summary: "What you have decided about the clinic's mails",
  responses: {
    200: answer("Your preferences, and the languages there are"),
    ...problems("unauthenticated", "forbidden", "not-found"),
  },
});

const patchPreferences = createRoute({
  ...shared,
  method: "patch",
  operationId: "changePreferences",
  summary: "Choose the language of your mails, or turn reminders on or off",
  description: "Staff do this for a patient with `PATCH /patients/{id}`.",
  request: { headers: IfMatch, body: body(ChangePreferences) },
  responses: {
    200: answer("Your preferences from now on"),
    ...problems(
      "unauthenticated",
      "forbidden",
      "not-found",
      "version-conflict",
      "unsupported-media-type",
      "idempotency-in-flight",
      "idempotency-key-reused",
      "precondition-required",
    ),
  },
});

export const preferences = router()
  .openapi(getPreferences, async (c) => {
    const { known, item } = await findPreferences(c.get("services").db, c.get("caller"));
    if (!known) throw noActor(c);
    if (!item) throw new ProblemError("not-found");
    return c.json(preferencesOf(item), 200, headersOf(item));
  })
  .openapi(patchPreferences, async (c) => {
    const changes = c.req.valid("json");
    const verb = { versions: versionsOf(c), changes };
    const outcome = await commit(c, changePreferences(c.get("services").db, await actOf(c, changes), verb));
    if (outcome.kind === "refused") throw recordRefusalOf(outcome.why);
    return c.json(preferencesOf(outcome.result), 200, headersOf(outcome.result));
  });

const headersOf = ({ version }: PreferencesRow) => ({ ETag: `"${version}"` });

function preferencesOf({ language, reminders, languages, email, mailStopped }: PreferencesRow): Preferences {
  return { language, reminders, languages, email, mailStopped };
}
