import { Hono } from "hono";
import type { Context } from "hono";
import { STOP_REMINDERS, openId } from "#adapters/links.ts";
import { type ReminderChoice, findReminderChoice } from "#db/queries/preferences.ts";
import { stopReminders } from "#db/verbs/reminders.ts";
import { catalogueOf } from "#domain/message/catalogue.ts";
import type { StopTexts } from "#domain/message/texts.ts";
import { askedLanguage, plainPage } from "#http/plain-page.ts";
import type { App } from "#src/context.ts";

/**
 * `/reminders/off/{token}`: the link in a reminder, which needs no login. Opening it changes nothing, because programs open
 * links before people do. It explains itself and has a button. The button turns reminders off. So does one press in the mail
 * program (RFC 8058: a POST without cookies, answered without a redirect). Repeating it is harmless.
 */
export const reminders = new Hono<App>()
  .get("/off/:token", async (c) => {
    const patientId = await patientOf(c);
    return page(c, patientId ? await findReminderChoice(c.get("services").db, patientId) : null);
  })
  .post("/off/:token", async (c) => {
    const patientId = await patientOf(c);
    if (!patientId) return page(c, null);
    const stopping = stopReminders(c.get("services").db, patientId, c.get("requestId"));
    c.executionCtx.waitUntil(stopping.catch(() => undefined));
    return page(c, await stopping);
  });

function patientOf(c: Context<App>): Promise<string | null> {
  return openId(c.get("services").env.LINK_SECRET, STOP_REMINDERS, c.req.param("token") ?? "");
}

/** In the patient's language; without a patient in the first that the browser asks for. */
function page(c: Context<App>, choice: ReminderChoice | null): Response | Promise<Response> {
  const { tag, stop, actions } = catalogueOf(choice?.language ?? askedLanguage(c));
  const { title, text, button } = wordsOf(stop, choice);
  return plainPage(
    c,
    {
      tag,
      clinicName: choice?.clinicName ?? null,
      title,
      paragraphs: [text],
      button: button === null ? null : { label: button, fields: {} },
      links: [{ label: actions.preferences, url: "/preferences" }],
    },
    choice ? 200 : 404,
  );
}

function wordsOf(texts: StopTexts, choice: ReminderChoice | null) {
  if (!choice) return { title: texts.invalidTitle, text: texts.invalid, button: null };
  if (!choice.reminders) return { title: texts.doneTitle, text: texts.done(choice.clinicName), button: null };
  return { title: texts.askTitle, text: texts.ask(choice.clinicName), button: texts.button };
}
