import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { sealId, STOP_REMINDERS } from "#adapters/links.ts";
import { MAIL_LANGUAGES } from "#domain/message/catalogue.ts";
import { ROOT } from "#dev/build.ts";
import { DESK, PHONE, hasBrowser, look, useBrowser, violations } from "../support/browser.ts";
import { MAIL_NAMES, NEWS, mailOf } from "../support/mails.ts";
import { useStack } from "../support/stack.ts";

/** With MAIL_PICTURES set, the pictures in docs/ are taken again. */
const PICTURES = process.env["MAIL_PICTURES"] ? join(ROOT, "docs/pictures/mail") : null;
const SCHEMES = ["light", "dark"] as const;

const pictureOf = async (page: Page) => (await page.screenshot({ fullPage: true })).toString("base64");

/** One picture of a mail: on the phone, and on the desk at half size, because most of that is margin. */
async function keepSheet(page: Page, shots: { phone: string[]; desk: string[] }, name: string): Promise<void> {
  const image = (width: number) => (shot: string) => `<img width="${width}" src="data:image/png;base64,${shot}">`;
  const [light, , , dark] = shots.phone.map(image(PHONE.width));
  const [, lightDesk, darkDesk] = shots.desk.map(image(DESK.width / 2));
  await page.setViewportSize({ width: 2 * PHONE.width + DESK.width / 2 + 32, height: 200 });
  await page.setContent(`<body style="margin:0;padding:8px;background:#999;display:flex;gap:8px;align-items:start">
    ${light}${dark}<div style="display:grid;gap:8px">${lightDesk}${darkDesk}</div>`);
  mkdirSync(PICTURES ?? "", { recursive: true });
  await page.screenshot({ path: join(PICTURES ?? "", `${name}.png`), fullPage: true });
}

describe.skipIf(!hasBrowser)("mails in a browser", () => {
  const stack = useStack();
  const browser = useBrowser(stack);

  test.each(MAIL_NAMES)(
    "The mail %s breaks no rule of axe, in all languages, light and dark, from 320 px on",
    async (name) => {
      const shots = { phone: [] as string[], desk: [] as string[] };
      for (const colorScheme of SCHEMES) {
        const page = await browser.open({ colorScheme });
        for (const language of MAIL_LANGUAGES) {
          await page.setContent(mailOf(NEWS[name], language).html);
          for (const width of [320, 360, 480, 640, PHONE.width, DESK.width]) {
            await page.setViewportSize({ width, height: 640 });
            expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
            // On the desk only the buttons are narrower; that is looked at when the pictures are taken.
            const isLookedAt = width === PHONE.width || (width === DESK.width && PICTURES);
            if (isLookedAt) expect(await violations(page), `${language}, ${colorScheme}, ${width} px`).toEqual([]);
            if (isLookedAt && PICTURES) shots[width === PHONE.width ? "phone" : "desk"].push(await pictureOf(page));
          }
          // The inbox's preview text is not on the page.
          expect(await page.locator(".preheader").isVisible()).toBe(false);
        }
      }
      if (PICTURES) await keepSheet(await browser.open(), shots, name);
    },
  );

  test("The page of a reminder's link asks first, works by keyboard, and has the patient's language and scheme", async () => {
    const patientId = stack().accounts.find(({ account }) => account === "patient151")?.patientId ?? "";
    const token = await sealId(stack().env["LINK_SECRET"] ?? "", STOP_REMINDERS, patientId);
    for (const colorScheme of SCHEMES) {
      await stack().sql("update patients set reminders = true, language = $2 where id = $1", [
        patientId,
        colorScheme === "dark" ? "de" : "en",
      ]);
      const page = await browser.open({ colorScheme });
      await page.goto(`/reminders/off/${token}`);
      await look(page, `stop-reminders-${colorScheme}`);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /Reminders are off|abgestellt$/ }).waitFor();
      await look(page, `reminders-off-${colorScheme}`);
      const [row] = await stack().sql<{ reminders: boolean }>("select reminders from patients where id = $1", [
        patientId,
      ]);
      expect(row?.reminders).toBe(false);
      await page.goto(`/reminders/off/${token.slice(1)}`);
      await look(page, `stop-reminders-invalid-${colorScheme}`);
    }
  });
});
