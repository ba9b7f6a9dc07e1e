import type { Preferences } from "#contract/answers/preferences.ts";
import { ChangePreferences } from "#contract/requests/preferences.ts";
import { type PreferencesRow, findPreferences } from "#db/queries/preferences.ts";
import { changePreferences } from "#db/verbs/patients.ts";
import { actOf, found, versionsOf } from "#http/act.ts";
import { emailOf } from "#http/presenters/rows.ts";
import { answerRecord } from "#http/records.ts";
import { type Route, Router } from "#http/router.ts";
import { etagOf } from "#http/etag.ts";

const path = "/preferences";
const roles = ["patient"] as const;

const getPreferences = { method: "get", path, operationId: "getPreferences", roles } satisfies Route;

const patchPreferences = {
  method: "patch",
  path,
  operationId: "changePreferences",
  roles,
  body: ChangePreferences,
} satisfies Route;

export const preferences = new Router()
  .handle(getPreferences, async (c) => {
    const item = found(c, await findPreferences(c.get("services").db, c.get("caller")));
    return c.json(preferencesOf(item), 200, etagOf(item));
  })
  .handle(patchPreferences, async (c) => {
    const changes = c.req.valid("json");
    const verb = { versions: versionsOf(c), changes };
    return answerRecord(c, changePreferences(c.get("services").db, await actOf(c, changes), verb), preferencesOf);
  });

function preferencesOf({ language, reminders, languages, email, mailStopped }: PreferencesRow): Preferences {
  return { language, reminders, languages, email: emailOf(email), mailStopped };
}
