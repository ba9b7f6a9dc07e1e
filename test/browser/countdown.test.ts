import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { arrive, hasBrowser, useBrowser } from "../support/browser.ts";
import { freeSlots, useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("the countdown of a hold in a browser", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack);
  afterEach(() => stack().sql("update policy set hold_seconds = 300, hold_extensions = 10"));

  const left = (page: Page) => page.getByRole("timer", { name: "Time left" });
  const shows = (page: Page, time: string) => expect.poll(() => left(page).textContent()).toBe(time);
  /** A page that holds a time, with its clock standing still unless it is made to run. */
  async function holding(account: string): Promise<{ page: Page; slotId: string }> {
    const slotId = (await freeSlots(stack(), 1))[0]?.id ?? "";
    const page = await openAs(account);
    await page.clock.install();
    await page.goto(`/hold/new?slot=${slotId}`);
    await page.getByRole("button", { name: "Confirm appointment" }).waitFor();
    await page.clock.pauseAt(Date.now() + 1000);
    return { page, slotId };
  }
  const seconds = async (page: Page): Promise<number> => {
    const [minutes = 0, rest = 0] = ((await left(page).textContent()) ?? "").split(":").map(Number);
    return minutes * 60 + rest;
  };
  /** The text shown a moment later: an answer of the server reaches the page with the page's timers. */
  const later = async (page: Page): Promise<number> => {
    await page.clock.runFor(10);
    return seconds(page);
  };

  test("The countdown goes down each second, and an extension starts it again from the full time", async () => {
    const { page } = await holding("patient181");
    const first = await seconds(page);
    expect(first).toBeGreaterThan(280);
    expect(first).toBeLessThanOrEqual(300);
    for (let passed = 1; passed <= 3; passed++) {
      await page.clock.runFor(1000);
      await expect.poll(() => seconds(page)).toBe(first - passed);
    }
    await page.clock.runFor(57_000);
    await expect.poll(() => seconds(page)).toBe(first - 60);
    await page.getByRole("button", { name: "Keep it longer" }).click();
    await expect.poll(() => later(page)).toBeGreaterThanOrEqual(299);
  });

  test("The countdown warns in the last minute, and not before", async () => {
    const { page } = await holding("patient182");
    const calm = page.getByRole("heading", { name: "We are holding this time for you" });
    const warning = page.getByRole("heading", { name: "Less than a minute left" });
    await page.clock.runFor(((await seconds(page)) - 62) * 1000);
    await shows(page, "1:02");
    expect(await calm.count()).toBe(1);
    await page.clock.runFor(3000);
    await shows(page, "0:59");
    expect(await warning.count()).toBe(1);
  });

  test.each([
    ["a day fast", 86_400_000, "patient183"],
    ["a day slow", -86_400_000, "patient184"],
  ])(
    "On a device whose clock is %s the countdown shows the time that is left, and the patient books",
    async (_, skew, account) => {
      const slotId = (await freeSlots(stack(), 1))[0]?.id ?? "";
      const page = await openAs(account);
      await page.clock.install({ time: Date.now() + skew });
      await page.goto(`/hold/new?slot=${slotId}`);
      await page.getByRole("button", { name: "Confirm appointment" }).waitFor();
      const shown = await seconds(page);
      expect(shown).toBeGreaterThan(240);
      expect(shown).toBeLessThanOrEqual(300);
      await page.getByRole("button", { name: "Confirm appointment" }).click();
      await arrive(page, "Your appointment is booked");
    },
  );

  test("At its end the page asks the server. A hold extended elsewhere continues, and one that is over is reported", async () => {
    const { page, slotId } = await holding("patient183");
    // Kept longer in another tab, of which this one knows nothing. The time passes in one go: were all timers to run, a
    // request would seem to take minutes.
    await stack().sql("update slots set hold_expires_at = now() + interval '100 seconds' where id = $1", [slotId]);
    await page.clock.fastForward(((await seconds(page)) + 1) * 1000);
    await expect.poll(() => later(page)).toBeGreaterThan(80);
    await stack().sql("update slots set hold_expires_at = now() - interval '1 second' where id = $1", [slotId]);
    await page.clock.fastForward(((await seconds(page)) + 1) * 1000);
    await page.clock.resume();
    await arrive(page, "We stopped holding");
  });
});
