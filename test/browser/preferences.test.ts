import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { arrive, hasBrowser, look, useBrowser } from "../support/browser.ts";
import { freeSlots, useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("preferences and calendars in a browser", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack);
  const wishesOf = async (account: string) => {
    const [row] = await stack().sql<{ language: string; reminders: boolean }>(
      "select t.language, t.reminders from patients t join people p on p.id = t.person_id where p.subject = $1",
      [stack().accounts.find((one) => one.account === account)?.subject],
    );
    return row;
  };

  /** Not the switch in the page's header, which is another way to the same preference. */
  const german = (page: Page) => page.locator("form label", { hasText: "Deutsch" });

  test("Language and reminders are saved, take effect at once, and are there after a reload", async () => {
    const page = await openAs("patient161");
    await page.goto("/appointments");
    await page.getByRole("link", { name: "Your preferences" }).click();
    await arrive(page, "Your preferences");
    await page.getByText("We write to patient161@patients.example.").waitFor();
    await page.getByText("Create an address").waitFor();
    await look(page, "preferences");
    expect(await wishesOf("patient161")).toEqual({ language: "en", reminders: true });
    await german(page).click();
    await page.getByText("No reminders").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("group", { name: "Gespeichert" }).waitFor();
    await look(page, "preferences-saved");
    expect(await wishesOf("patient161")).toEqual({ language: "de", reminders: false });
    await page.reload();
    expect(await page.getByRole("radio", { name: "Deutsch" }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "Keine Erinnerungen" }).isChecked()).toBe(true);
  });

  test("After a change by the clinic the page says so, shows the present state, and saves the new choice", async () => {
    const page = await openAs("patient162");
    await page.goto("/preferences");
    await german(page).click();
    const staff = await stack().as("staff1");
    const id = stack().accounts.find(({ account }) => account === "patient162")?.patientId;
    const record = await staff("GET", `/patients/${id}`);
    const ifMatch = { "If-Match": record.headers.get("ETag") ?? "" };
    expect((await staff("PATCH", `/patients/${id}`, { reminders: false }, ifMatch)).status).toBe(200);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("changed this first").waitFor();
    await look(page, "preferences-conflict");
    expect(await page.getByRole("radio", { name: "No reminders" }).isChecked()).toBe(true);
    expect(await wishesOf("patient162")).toEqual({ language: "en", reminders: false });
    await german(page).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("group", { name: "Gespeichert" }).waitFor();
    expect(await wishesOf("patient162")).toEqual({ language: "de", reminders: false });
  });

  test("Preferences that cannot be read are read again on request, without a new login", async () => {
    const page = await openAs("patient163");
    let broken = true;
    await page.route(/\/api\/v1\/(preferences|calendar-feed)$/, (route) =>
      broken
        ? route.fulfill({ status: 500, contentType: "application/problem+json", body: '{"code":"internal"}' })
        : route.continue(),
    );
    await page.goto("/preferences");
    await page.getByRole("button", { name: "Try again" }).nth(1).waitFor();
    await look(page, "preferences-failed");
    broken = false;
    await page.getByRole("button", { name: "Try again" }).first().click();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Save" }).waitFor();
    await page.getByRole("button", { name: "Create an address" }).waitFor();

    const visitor = await open();
    await visitor.goto("/preferences");
    await visitor.getByText("Log in to see your preferences.").waitFor();
    await look(visitor, "preferences-logged-out");
  });

  test("A calendar address is shown once, copied, replaced and removed", async () => {
    const page = await openAs("patient164", { permissions: ["clipboard-read", "clipboard-write"] });
    await page.goto("/preferences");
    await page.getByRole("button", { name: "Create an address" }).click();
    const field = page.getByLabel("Calendar address");
    const first = await field.inputValue();
    await look(page, "calendar-address");
    expect(await (await fetch(first)).text()).toContain("BEGIN:VCALENDAR");
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("The address is copied.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);

    await page.reload();
    await page.getByText("You have had an address since").waitFor();
    expect(await page.content()).not.toContain(first);
    await page.getByRole("button", { name: "Replace it" }).click();
    await page.getByRole("group", { name: "Replace the address?" }).waitFor();
    await look(page, "calendar-address-replace");
    await page.getByRole("button", { name: "Keep it" }).click();
    expect((await fetch(first)).status).toBe(200);
    await page.getByRole("button", { name: "Replace it" }).click();
    await page.getByRole("button", { name: "Replace it now" }).click();
    const second = await field.inputValue();
    expect([(await fetch(first)).status, (await fetch(second)).status]).toEqual([404, 200]);

    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("button", { name: "Remove it now" }).click();
    await page.getByRole("group", { name: "The address is removed" }).waitFor();
    await look(page, "calendar-address-removed");
    expect((await fetch(second)).status).toBe(404);
    await page.getByRole("button", { name: "Create an address" }).waitFor();
  });

  test("If copying is forbidden, the address is selected and the page says what to do", async () => {
    const page = await openAs("patient165");
    await page.addInitScript(() => {
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await page.goto("/preferences");
    await page.getByRole("button", { name: "Create an address" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByText("The address is selected: copy it with the keyboard.").waitFor();
    const address = await page.getByLabel("Calendar address").inputValue();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(address);
  });

  test("A doctor sees the calendar only, and that it names no patient", async () => {
    const page = await openAs("doctor1");
    await page.goto("/preferences");
    await page.getByText("never who it is").waitFor();
    await page.getByRole("button", { name: "Create an address" }).waitFor();
    expect(await page.getByRole("heading", { name: "E-mails" }).count()).toBe(0);
    await look(page, "preferences-doctor");
  });

  test("An appointment can be added to a calendar by a plain link, from the list and from its page", async () => {
    const call = await stack().as("patient166");
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const { body } = await call("POST", "/appointments", { holdId: held.body.id });
    const page = await openAs("patient166");
    for (const path of ["/appointments", `/appointments/${body.id}`]) {
      await page.goto(path);
      const link = page.getByRole("link", { name: /^Add to calendar the appointment on/ });
      await link.waitFor();
      await look(page, path === "/appointments" ? "appointments-calendar" : "appointment-calendar");
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      expect(download.suggestedFilename()).toBe(`appointment-${body.reference}.ics`);
      const text = await new Response((await download.createReadStream()) as unknown as ReadableStream).text();
      expect(text).toContain(`UID:${body.id}@holdfast`);
    }
  });
});
