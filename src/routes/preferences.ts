import { createRoute } from "@hono/zod-openapi";
import { IfMatch } from "#contract/appointments.ts";
import { ChangePreferences, Preferences } from "#contract/preferences.ts";
import { type PreferencesRow, findPreferences } from "#db/queries/preferences.ts";
import { changePreferences } from "#db/transactions/change-preferences.ts";
import { actOf, found, versionsOf } from "#http/act.ts";
import { authenticate } from "#http/middleware/authenticate.ts";
import { answerRecord } from "#http/records.ts";
import { body, problems, router } from "#http/router.ts";
import { etagOf, versioned, versionedProblems } from "#http/etag.ts";

const shared = { path: "/preferences", tags: ["Preferences"], middleware: authenticate("patient") };

const getPreferences = createRoute({
  ...shared,
  method: "get",
  operationId: "getPreferences",
  summary: "What you have decided about the clinic's mails",
  responses: {
    200: versioned(Preferences, "Your preferences, and the languages there are"),
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
    200: versioned(Preferences, "Your preferences from now on"),
    ...versionedProblems("not-found"),
  },
});

export const preferences = router()
  .openapi(getPreferences, async (c) => {
    const item = found(c, await findPreferences(c.get("services").db, c.get("caller")));
    return c.json(preferencesOf(item), 200, etagOf(item));
  })
  .openapi(patchPreferences, async (c) => {
    const changes = c.req.valid("json");
    const verb = { versions: versionsOf(c), changes };
    return answerRecord(c, changePreferences(c.get("services").db, await actOf(c, changes), verb), preferencesOf);
  });

function preferencesOf({ language, reminders, languages, email, mailStopped }: PreferencesRow): Preferences {
  return { language, reminders, languages, email, mailStopped };
}
