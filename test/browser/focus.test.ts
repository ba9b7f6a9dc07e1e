import { afterEach, describe, expect, test } from "vitest";
import { arrive, hasBrowser, timeButtons, useBrowser } from "../support/browser.ts";
import { freeSlots, useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("the focus after an action", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack);
  afterEach(() => stack().sql("update policy set hold_extensions = 10, freeze_hours = 24"));
  const aSlot = async () => (await freeSlots(stack(), 1))[0]?.id ?? "";

  test("The focus goes to the heading of each new page, and on the first page the browser decides", async () => {
    const page = await openAs("patient184");
    await page.goto("/appointments");
    await page.getByRole("heading", { level: 1, name: "Your appointments" }).waitFor();
    expect(await page.locator("h1:focus").count()).toBe(0);
    await page.getByRole("link", { name: "Preferences" }).first().click();
    await arrive(page, "Preferences");
  });

  test("The focus goes to the note when the last extension removes its button, and stays on the button before that", async () => {
    await stack().sql("update policy set hold_extensions = 2");
    const page = await openAs("patient185");
    await page.goto(`/hold/new?slot=${await aSlot()}`);
    const keep = page.getByRole("button", { name: "Keep it longer" });
    await keep.click();
    await page.getByText(/You can keep it longer once more/).waitFor({ state: "attached" });
    expect(await page.locator("button:focus", { hasText: "Keep it longer" }).count()).toBe(1);
    await keep.click();
    await page.locator("p:focus", { hasText: "You have used all the extra time." }).waitFor();
  });

  test("The focus goes to the refusal of the pressed button", async () => {
    const call = await stack().as("patient186");
    const held = await call("POST", "/holds", { slotId: await aSlot() });
    const booked = await call("POST", "/appointments", { holdId: held.body.id });
    const page = await openAs("patient186");
    await page.goto(`/appointments/${booked.body.id}/cancel`);
    await page.getByRole("button", { name: "Cancel this appointment" }).waitFor();
    await stack().sql("update policy set freeze_hours = 336");
    await page.getByRole("button", { name: "Cancel this appointment" }).click();
    await page.locator("[role=group]:focus", { hasText: "It is too late to change this online" }).waitFor();
  });

  test("The focus goes to the heading when the pressed link to other times is gone", async () => {
    const { body } = await stack().nobody("GET", "/doctors");
    const doctor = body.items[10] as { id: string; name: string };
    await stack().sql(
      "update slots set status = 'closed', closed_by = 'staff' where doctor_id = $1 and starts_at < now() + interval '20 days' and appointment_id is null",
      [doctor.id],
    );
    const page = await open();
    await page.goto(`/?doctor=${doctor.id}`);
    await page.getByText(new RegExp(`${doctor.name} has no times before`)).waitFor();
    await page.getByRole("link", { name: /^See \d+ \w+$/ }).click();
    await timeButtons(page).first().waitFor();
    await arrive(page, "Choose a time");
  });
});
