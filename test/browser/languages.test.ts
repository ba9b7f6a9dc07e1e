import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { PHONE, arrive, hasBrowser, logInAs, look, useBrowser } from "../support/browser.ts";
import { pseudoCatalogue } from "../support/catalogues.ts";
import { freeSlots, useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("the app in other languages", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack);
  const languageOf = async (account: string) => {
    const [row] = await stack().sql<{ language: string }>(
      "select t.language from patients t join people p on p.id = t.person_id where p.subject = $1",
      [`auth0|${account}`],
    );
    return row?.language;
  };
  const times = (page: Page, region: string) =>
    page.getByRole("region", { name: region }).getByRole("button", { name: /^\d\d:\d\d, / });

  test("A stranger who chooses German books, moves and cancels without one English text", async () => {
    const page = await open();
    await page.goto("/");
    await shows(page, "Choose a time");
    await page.getByRole("group", { name: "Language" }).getByRole("button", { name: "Deutsch" }).click();
    await shows(page, "Zeit wählen");
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    expect(await page.title()).toBe("Zeit wählen – Liffey Clinic");
    await times(page, "Freie Zeiten").first().waitFor();
    await look(page, "de-times");
    await times(page, "Freie Zeiten").last().click();
    await page.waitForURL(`${stack().urls.issuer}**`);
    expect(new URL(page.url()).searchParams.get("ui_locales") ?? "de").toBe("de");
    await logInAs(page, "patient170");

    await arrive(page, "Prüfen und bestätigen");
    await page.getByRole("timer", { name: "Verbleibende Zeit" }).waitFor();
    expect(await page.locator("[data-hold-status]").textContent()).toBe("Für 5 Minuten reserviert");
    await page
      .getByText(/^\p{L}+, \d{1,2}\. \p{L}+ \d{4}, \d\d:\d\d–\d\d:\d\d Uhr/u)
      .first()
      .waitFor();
    await look(page, "de-check");
    await page.getByRole("button", { name: "Termin bestätigen" }).click();
    await arrive(page, "Ihr Termin ist gebucht");
    await look(page, "de-booked");

    await page
      .getByRole("link", { name: /^Verschieben \(Termin am \p{L}+, \d{1,2}\. \p{L}+, \d\d:\d\d Uhr\)$/u })
      .click();
    await arrive(page, "Neue Zeit wählen");
    await times(page, "Freie Zeiten").last().click();
    await arrive(page, "Neue Zeit prüfen und bestätigen");
    await page.getByText("Danach können Sie den Termin online noch").waitFor();
    await look(page, "de-change-check");
    await page.getByRole("button", { name: "Neue Zeit bestätigen" }).click();
    await arrive(page, "Ihr Termin wurde verschoben");

    await page.getByRole("link", { name: /^Absagen \(Termin am / }).click();
    await arrive(page, "Diesen Termin absagen?");
    await look(page, "de-cancel");
    await page.getByRole("button", { name: "Diesen Termin absagen" }).click();
    await arrive(page, "Ihr Termin ist abgesagt");
    expect(await page.locator("body").innerText()).not.toMatch(/\b(the|your|appointment|cancelled|log out|call)\b/i);

    // The tab's choice is for this visit; the preference, not touched by it, is the record's.
    expect(await languageOf("patient170")).toBe("en");
  });

  test("A logged-in patient saves the language by choosing it, and another device uses it too", async () => {
    const page = await openAs("patient171", { viewport: PHONE });
    await page.goto("/appointments");
    await shows(page, "Your appointments");
    const saved = page.waitForResponse((reply) => reply.request().method() === "PATCH" && reply.status() === 200);
    await page.getByRole("contentinfo").getByRole("button", { name: "Deutsch" }).click();
    await shows(page, "Ihre Termine");
    await saved;
    expect(await languageOf("patient171")).toBe("de");
    const elsewhere = await openAs("patient171");
    await elsewhere.goto("/preferences");
    await shows(elsewhere, "Ihre Einstellungen");
    await look(elsewhere, "de-preferences");
    // Next time it is German from the first paint on, before any script of the app has run.
    await elsewhere.route("**/assets/*.js", (route) => route.abort());
    await elsewhere.goto("/");
    expect(await elsewhere.getByRole("heading", { level: 1 }).innerText()).toBe("Zeit wählen");
    expect(await elsewhere.title()).toBe("Zeit wählen");
  });

  test("With texts 40 % longer no page scrolls sideways or cuts a text on a phone. No text is missing in the catalogue", async () => {
    const pseudo = await pseudoCatalogue();
    const call = await stack().as("patient172");
    const [slot, other] = await freeSlots(stack(), 2);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const { body: appointment } = await call("POST", "/appointments", { holdId: held.body.id });
    // Names of people and of the clinic are not texts of ours.
    const paths = ["/config", "/doctors", "/session", "/preferences", "/availability"];
    const data = await Promise.all(paths.map(async (path) => (await call("GET", path)).body));
    const names = stringsOf([...data, appointment]);
    const page = await openAs("patient172", { viewport: PHONE });
    await page.route(/\/assets\/en-[^/]+\.js$/, (route) =>
      route.fulfill({ contentType: "text/javascript", body: pseudo }),
    );
    for (const path of [
      "/",
      `/?change=${appointment.id}`,
      `/hold/new?slot=${other?.id}`,
      "/appointments",
      `/appointments/${appointment.id}`,
      `/appointments/${appointment.id}/cancel`,
      "/preferences",
      "/nowhere",
    ]) {
      await page.goto(path);
      await page.waitForLoadState("networkidle");
      const found = { path, tooWide: await tooWide(page), leftOut: leftOut(await wordsOn(page), names) };
      expect(found).toEqual({ path, tooWide: [], leftOut: [] });
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toMatch(/[ēàōũ]/);
    }
  });
});

/** The heading of the first page, which leaves the focus to the browser. */
async function shows(page: Page, heading: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

/** The page, if it scrolls sideways, and elements wider than their own box, as `element: text`. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const cut = [...document.querySelectorAll("a, button, label, legend, h1, h2, h3, dt, dd, p, li, [class*=badge]")]
      .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${one.tagName.toLowerCase()}: ${one.textContent}`);
    return root.scrollWidth > root.clientWidth ? ["the page", ...cut] : cut;
  });
}

/** All texts of a page, visible or for screen readers only. */
function wordsOn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const words = [document.title];
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (parentElement?.closest("style, script, noscript") === null) words.push(textContent ?? "");
    }
    const attributes = ["aria-label", "aria-description", "alt", "title", "placeholder"];
    for (const one of document.querySelectorAll("*")) {
      for (const name of attributes) words.push(one.getAttribute(name) ?? "");
    }
    return words;
  });
}

/** Those in plain letters, without names, days and months. The pseudo-catalogue has no plain letters. */
function leftOut(words: string[], names: string[]): string[] {
  const known = new RegExp(names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  // Long names first: a short one is the beginning of its long one.
  const dates = (["long", "short"] as const).flatMap((form) => {
    const calendar = new Intl.DateTimeFormat("en", { weekday: form, month: form, timeZone: "UTC" });
    return Array.from({ length: 400 }, (_, day) => calendar.format(day * 86_400_000).split(/[ ,]+/)).flat();
  });
  const dated = new RegExp([...new Set(dates)].join("|"), "g");
  return words.filter((text) => /[a-z]{2}/i.test(text.replaceAll(known, "").replaceAll(dated, "")));
}

/** The strings in a JSON value, longest first, and the languages' own names. */
function stringsOf(value: unknown): string[] {
  const strings: string[] = ["English", "Deutsch"];
  JSON.stringify(value, (_, one: unknown) => {
    // A zone is said by its city.
    if (typeof one === "string" && one.length > 1) strings.push(one, one.split("/").at(-1) ?? "");
    return one;
  });
  return [...new Set(strings)].filter((one) => one.length > 1).toSorted((one, other) => other.length - one.length);
}
