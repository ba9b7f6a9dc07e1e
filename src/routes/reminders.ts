import { Hono } from "hono";
import type { Context } from "hono";
import { html } from "hono/html";
import { STOP_REMINDERS, openId } from "#adapters/links.ts";
import { type ReminderChoice, findReminderChoice } from "#db/queries/preferences.ts";
import { stopReminders } from "#db/verbs/reminders.ts";
import { catalogueOf } from "#domain/message/catalogue.ts";
import type { StopTexts } from "#domain/message/texts.ts";
import type { App } from "#src/context.ts";

/**
 * `/reminders/off/{token}`: the link in a reminder, which needs no login. Opening it changes nothing, for programs open
 * links before people do: it says what it is for and has a button. The button, or one press in the mail program (RFC
 * 8058: a POST without cookies, answered without a redirect), turns reminders off. Repeating it is harmless.
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
  const nonce = crypto.randomUUID();
  const asked = c.req.header("Accept-Language")?.split(",")[0]?.split(";")[0]?.trim() ?? "";
  const { tag, stop, actions } = catalogueOf(choice?.language ?? asked);
  const { title, text, button } = wordsOf(stop, choice);
  c.header(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  const body = html`<!doctype html>
    <html lang="${tag}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style nonce="${nonce}">
          :root {
            color-scheme: light dark;
            --ground: light-dark(#f2f5f4, #101715);
            --card: light-dark(#ffffff, #18211e);
            --line: light-dark(#d5dedb, #33423c);
            --text: light-dark(#14211d, #e8efec);
            --accent: light-dark(#0b5d4e, #7fd1be);
            --on-accent: light-dark(#ffffff, #0c1613);
          }
          body {
            margin: 0;
            background: var(--ground);
            color: var(--text);
            font:
              1rem/1.5 system-ui,
              sans-serif;
          }
          main {
            max-width: 32rem;
            margin: 0 auto;
            padding: 2rem 1rem;
          }
          section {
            padding: 1.5rem;
            background: var(--card);
            border: 1px solid var(--line);
            border-radius: 0.75rem;
            overflow-wrap: anywhere;
          }
          h1 {
            margin: 0 0 1rem;
            font-size: 1.5rem;
            line-height: 1.25;
          }
          p.clinic,
          a {
            color: var(--accent);
          }
          p.clinic {
            font-weight: 600;
          }
          button {
            min-height: 44px;
            padding: 0.75rem 1.4rem;
            border: 0;
            border-radius: 0.5rem;
            background: var(--accent);
            color: var(--on-accent);
            font: inherit;
            font-weight: 600;
            cursor: pointer;
          }
          :focus-visible {
            outline: 3px solid var(--accent);
            outline-offset: 3px;
          }
        </style>
      </head>
      <body>
        <main>
          ${choice ? html`<p class="clinic">${choice.clinicName}</p>` : ""}
          <section>
            <h1>${title}</h1>
            <p>${text}</p>
            ${button === null ? "" : html`<form method="post"><button>${button}</button></form>`}
            <p><a href="/preferences">${actions.preferences}</a></p>
          </section>
        </main>
      </body>
    </html>`;
  return c.html(body, choice ? 200 : 404);
}

function wordsOf(texts: StopTexts, choice: ReminderChoice | null) {
  if (!choice) return { title: texts.invalidTitle, text: texts.invalid, button: null };
  if (!choice.reminders) return { title: texts.doneTitle, text: texts.done(choice.clinicName), button: null };
  return { title: texts.askTitle, text: texts.ask(choice.clinicName), button: texts.button };
}
