import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { arrive, expectInReach, hasBrowser, logInAs, look, timeButtons, useBrowser } from "../support/browser.ts";
import { watchHoldUps } from "../support/held-up.ts";
import { freeSlots, useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("a held time in a browser", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack, { nearTimes: "closed" });

  /** Goes straight to holding a slot, as the login page's way back does. */
  const holdSlot = async (page: Page, slotId: string) => {
    await page.goto(`/hold/new?slot=${slotId}`);
    await page.getByRole("button", { name: "Confirm appointment" }).waitFor();
  };
  const aSlot = async () => (await freeSlots(stack(), 1))[0]?.id ?? "";
  const isHeld = async (slotId: string) => {
    const rows = await stack().sql("select from slots where id = $1 and hold_expires_at > clock_timestamp()", [slotId]);
    return rows.length === 1;
  };
  /** Within two seconds, not counting for how long the machine was too busy to look. */
  const expectFreedInTime = async (slotId: string, leave: () => Promise<unknown>) => {
    const heldUp = watchHoldUps();
    await leave();
    const left = Date.now();
    await expect.poll(() => isHeld(slotId)).toBe(false);
    expect(Date.now() - left - heldUp(left)).toBeLessThan(2000);
  };
  const heading = (page: Page) => page.getByRole("heading", { level: 1 });

  test("Of two patients who press one time at once, one holds it, and the other takes one of the three nearest", async () => {
    const pages = await Promise.all(["patient163", "patient164"].map((account) => openAs(account)));
    await Promise.all(pages.map((page) => page.goto("/")));
    const times = pages.map((page) => timeButtons(page).first());
    const names = await Promise.all(times.map((time) => time.textContent()));
    expect(names[0]).toBe(names[1]);
    await Promise.all(times.map((time) => time.click()));

    const settled = (page: Page) => page.locator("h1:focus", { hasText: /^(Check and confirm|That time has just)/ });
    await Promise.all(pages.map((page) => settled(page).waitFor()));
    const texts = await Promise.all(pages.map((page) => heading(page).textContent()));
    expect(new Set(texts)).toEqual(new Set(["Check and confirm", "That time has just been taken"]));
    const loser = pages[texts.indexOf("That time has just been taken")]!;
    await look(loser, "taken");
    const alternatives = loser.getByRole("region", { name: "The nearest free times" }).getByRole("button");
    expect(await alternatives.count()).toBe(3);
    await alternatives.first().click();
    await arrive(loser, "Check and confirm");
    await Promise.all(
      pages.map(async (page) => {
        await page.getByRole("button", { name: "Confirm appointment" }).click();
        await arrive(page, "Your appointment is booked");
      }),
    );
  });

  test("A time that another patient holds leaves the list within ten seconds, without a reload", async () => {
    const page = await openAs("patient165");
    const { body } = await stack().nobody("GET", "/doctors");
    const doctorId = body.items[0].id as string;
    await page.clock.install();
    await page.goto(`/?doctor=${doctorId}`);
    const shown = () => timeButtons(page).first().textContent();
    const first = await shown();
    const rival = await stack().as("patient170");
    expect((await rival("POST", "/holds", { doctorId })).status).toBe(201);
    await page.clock.runFor(10_000);
    await expect.poll(shown).not.toBe(first);
  });

  test("A reload keeps the hold and its countdown, and going back frees the time within two seconds", async () => {
    const slot = await aSlot();
    const page = await openAs("patient166");
    await holdSlot(page, slot);
    const address = page.url();
    const [before] = await stack().sql<{ hold_id: string }>("select hold_id from slots where id = $1", [slot]);
    await page.reload();
    await page.getByRole("button", { name: "Confirm appointment" }).waitFor();
    expect(page.url()).toBe(address);
    const [after] = await stack().sql<{ hold_id: string }>("select hold_id from slots where id = $1", [slot]);
    expect(after?.hold_id).toBe(before?.hold_id);

    await expectFreedInTime(slot, () => page.getByRole("link", { name: "Choose another time" }).click());
  });

  test("Leaving for another site also frees the time within two seconds", async () => {
    const slot = await aSlot();
    const page = await openAs("patient167");
    await holdSlot(page, slot);
    await expectFreedInTime(slot, () => page.evaluate((elsewhere) => location.assign(elsewhere), stack().urls.inbox));
  });

  test("The end of a hold is shown within a second of the server's. A free time can be held again", async () => {
    const slot = await aSlot();
    const page = await openAs("patient168");
    await stack().sql("update policy set hold_seconds = 2");
    try {
      await page.addInitScript(`(() => {
        const heldUp = (${watchHoldUps.toString()})();
        new MutationObserver((_, observer) => {
          if (!document.querySelector("h1")?.textContent?.startsWith("We stopped holding")) return;
          Object.assign(globalThis, { shownAt: Date.now(), heldUp });
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true, characterData: true });
      })()`);
      await holdSlot(page, slot);
      await arrive(page, "We stopped holding");
      const [end] = await stack().sql<{ ms: string }>(
        "select extract(epoch from hold_expires_at) * 1000 as ms from slots where id = $1",
        [slot],
      );
      const late = await page.evaluate((ended) => {
        const seen = globalThis as unknown as { shownAt: number; heldUp: (since: number) => number };
        return { by: seen.shownAt - ended, heldUp: seen.heldUp(ended) };
      }, Number(end?.ms));
      expect(late.by).toBeGreaterThan(0);
      expect(late.by - late.heldUp).toBeLessThan(1000);
    } finally {
      await stack().sql("update policy set hold_seconds = 300");
    }
    await look(page, "expired");
    await page.getByRole("button", { name: "Hold it again" }).click();
    await arrive(page, "Check and confirm");
    expect(await isHeld(slot)).toBe(true);
  });

  test("A time that another patient took after the end is not held again, and the three nearest are offered", async () => {
    const slot = await aSlot();
    const page = await openAs("patient169");
    await holdSlot(page, slot);
    await stack().sql("update slots set hold_expires_at = now() - interval '1 second' where id = $1", [slot]);
    const rival = await stack().as("patient170");
    expect((await rival("POST", "/holds", { slotId: slot })).status).toBe(201);
    await page.getByRole("button", { name: "Confirm appointment" }).click();
    await arrive(page, "We stopped holding");
    await page.getByRole("button", { name: "Hold it again" }).click();
    await arrive(page, "That time has just been taken");
    expect(await page.getByRole("region", { name: "The nearest free times" }).getByRole("button").count()).toBe(3);
  });

  test("A hold of the same patient on another screen ends this one within ten seconds, and the page says so", async () => {
    const [first, second] = await freeSlots(stack(), 2);
    const page = await openAs("patient175");
    await page.clock.install();
    await holdSlot(page, first!.id);
    const phone = await stack().as("patient175");
    expect((await phone("POST", "/holds", { slotId: second!.id })).status).toBe(201);
    await page.clock.runFor(10_000);
    await arrive(page, "You are holding another time now");
    await look(page, "held-elsewhere");
    await page.getByRole("button", { name: /^Hold .+ instead$/ }).click();
    await arrive(page, "Check and confirm");
    expect([await isHeld(first!.id), await isHeld(second!.id)]).toEqual([true, false]);
    expect((await phone("POST", "/holds", { slotId: second!.id })).status).toBe(201);
    await page.clock.runFor(10_000);
    await page.getByRole("link", { name: "Go to the other time" }).click();
    await page.getByRole("button", { name: "Confirm appointment" }).click();
    await arrive(page, "Your appointment is booked");
    const [row] = await stack().sql("select from appointments where slot_id = $1", [second!.id]);
    expect(row).toBeDefined();
  });

  test("A screen reader announces a hold exactly four times", async () => {
    const slot = await aSlot();
    const page = await openAs("patient171");
    await page.clock.install();
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(globalThis, { said });
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const region = (target as Element).closest?.("[data-hold-status]");
          if (region?.textContent) said.push(region.textContent);
        }
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await holdSlot(page, slot);
    await page.clock.runFor(245_000);
    await page.getByRole("heading", { name: "Less than a minute left" }).waitFor();
    await look(page, "last-minute");
    await expectInReach(page, "Confirm appointment", "last-minute");
    await page.clock.runFor(40_000);
    await stack().sql("update slots set hold_expires_at = now() - interval '1 second' where id = $1", [slot]);
    await page.clock.runFor(20_000);
    await arrive(page, "We stopped holding");
    const said = await page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
    expect(said).toEqual(["Held for 5 minutes", "1 minute left", "20 seconds left", "Expired"]);
  });

  test("A typed reason survives the end of the session, and is forgotten after it was sent", async () => {
    const slot = await aSlot();
    const page = await openAs("patient172");
    await holdSlot(page, slot);
    await page.getByLabel("Reason (optional)").fill("A cough that will not go away");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Confirm appointment" }).click();
    await page.getByText("You have been logged out").waitFor();
    await look(page, "logged-out");
    await page.getByRole("button", { name: "Log in again" }).click();
    await logInAs(page, "patient172");
    await arrive(page, "Check and confirm");
    expect(await page.getByLabel("Reason (optional)").inputValue()).toBe("A cough that will not go away");
    expect(await isHeld(slot)).toBe(true);
    await page.getByRole("button", { name: "Confirm appointment" }).click();
    await arrive(page, "Your appointment is booked");
    const [row] = await stack().sql<{ id: string }>("select id from appointments where slot_id = $1", [slot]);
    const { body } = await (await stack().as("patient172"))("GET", `/appointments/${row?.id}`);
    expect(body.reason).toBe("A cough that will not go away");
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("cough");
  });
});
