import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { PHONE, arrive, hasBrowser, look, timeButtons, useBrowser } from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("the way to a date in a browser", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack, { nearTimes: "closed" });
  const doctors = async () => (await stack().nobody("GET", "/doctors")).body.items as { id: string; name: string }[];
  const searchOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
  const days = (page: Page) => page.getByRole("navigation", { name: "Days" });
  const dayHeading = (page: Page) => page.locator("h2:focus[id^=day-]");

  test("Four clicks book the last date with times. The doctor and the date survive a change of mind", async () => {
    const [doctor] = await doctors();
    const page = await openAs("patient173", { viewport: PHONE });
    await page.goto(`/?doctor=${doctor?.id}`);
    await page.getByRole("link", { name: "Pick a date" }).click();
    await arrive(page, "Choose a date");
    const dates = page.getByRole("table").getByRole("link", { name: /^\w+day \d+ \w+, \d+ times?$/ });
    await page.getByRole("table").nth(2).getByRole("link").first().waitFor();
    await look(page, "calendar");
    const last = dates.last();
    const count = Number(/(\d+) times?$/.exec((await last.textContent()) ?? "")?.[1]);
    await last.click();
    await dayHeading(page).waitFor();
    const { from } = searchOf(page);
    expect(await dayHeading(page).getAttribute("id")).toBe(`day-${from}`);
    const shown = page.locator(`section:has(> #day-${from})`);
    const more = shown.getByRole("button", { name: /^Show \d+ more times$/ });
    if ((await more.count()) > 0) await more.click();
    await expect.poll(() => shown.getByRole("button", { name: /^\d\d:\d\d, / }).count()).toBe(count);
    await look(page, "times-one-doctor");

    await timeButtons(page).first().click();
    await arrive(page, "Check and confirm");
    await page.getByRole("link", { name: "Choose another time" }).click();
    await timeButtons(page).first().waitFor();
    expect(searchOf(page)).toEqual({ doctor: doctor?.id, from });
    await timeButtons(page).first().click();
    await page.getByRole("button", { name: "Confirm appointment" }).click();
    await arrive(page, "Your appointment is booked");
  });

  test("Place, part of the day and weekday leave only such times, and stay in the address after a lost race", async () => {
    const page = await openAs("patient174");
    await page.goto("/");
    await page.getByRole("combobox", { name: "Where" }).selectOption({ label: "Rathmines" });
    await page.getByRole("combobox", { name: "Time of day" }).selectOption({ label: "Afternoon" });
    await page.getByRole("combobox", { name: "Weekday" }).selectOption({ label: "Wednesday" });
    const names = async () => await timeButtons(page).evaluateAll((all) => all.map((one) => one.textContent ?? ""));
    const wanted = /^1[2-6]:\d\d, Wednesday .+Rathmines$/;
    await expect.poll(async () => (await names()).filter((name) => !wanted.test(name))).toEqual([]);
    await expect.poll(async () => (await names()).length).toBeGreaterThan(0);
    const days7 = await days(page).getByRole("listitem").allTextContents();
    expect(days7).toHaveLength(7);
    expect(days7.filter((day) => /, \d+ times?$/.test(day)).every((day) => day.includes("Wednesday"))).toBe(true);
    await look(page, "times-filtered");

    const first = timeButtons(page).first();
    const name = await first.textContent();
    const id = await page.evaluate(
      async (search) => {
        const path = `/api/v1/availability?${new URLSearchParams(search).toString()}`;
        return ((await (await fetch(path)).json()) as { nextAvailable: { id: string } }).nextAvailable.id;
      },
      wantedOf(searchOf(page)),
    );
    const filters = searchOf(page);
    // The list is not refreshed between the rival's hold and the press.
    await page.route("**/api/v1/availability?**", (route) => route.abort());
    await stack().sql(
      "update slots set hold_id = uuidv7(), held_by = (select id from patients where active order by id limit 1), hold_expires_at = now() + interval '1 hour' where (starts_at, location_id) = (select starts_at, location_id from slots where id = $1)",
      [id],
    );
    await first.click();
    await arrive(page, "That time has just been taken");
    await page.unroute("**/api/v1/availability?**");
    await page.getByRole("link", { name: "See all times" }).click();
    await timeButtons(page).first().waitFor();
    expect(searchOf(page)).toMatchObject(filters);
    expect(await timeButtons(page).first().textContent()).not.toBe(name);
  });

  test("The strip leads to a day's times and turns by weeks. An address with an unknown doctor or a far date is explained", async () => {
    const page = await open({ viewport: PHONE });
    await page.goto("/");
    await days(page)
      .getByRole("link", { name: /, \d+ times?$/ })
      .last()
      .click();
    await dayHeading(page).waitFor();
    expect(await days(page).locator("[aria-current]").count()).toBe(1);
    await days(page).getByRole("button", { name: "Later days" }).click();
    await expect.poll(() => days(page).locator("[aria-current]").count()).toBe(0);
    await page.goto("/?doctor=garbage");
    await timeButtons(page).first().waitFor();
    await page.goto("/?doctor=00000000-0000-7000-8000-000000000000");
    await page.getByText("That doctor has no times here").waitFor();
    await timeButtons(page).first().waitFor();
    await look(page, "times-unknown-doctor");
    await page.goto("/?from=2061-01-01");
    await page.getByText("has no times to book online from").waitFor();
    await page.getByRole("link", { name: "See the earliest times" }).click();
    await timeButtons(page).first().waitFor();
  });
});

/** The API's names of the address's filters. */
function wantedOf({ place = "", part = "", weekday = "" }: Record<string, string>): Record<string, string> {
  return { locationId: place, partOfDay: part, weekday };
}
