import { describe, expect, test } from "vitest";
import { arrive, hasBrowser, logInAs, useBrowser } from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("the staff app", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack);

  test("Staff log in at /staff/ and come back to the screen they asked for", async () => {
    const page = await open();
    await page.goto("/staff/?date=2026-12-24");
    await page.getByRole("button", { name: "Log in" }).click();
    await logInAs(page, "staff1");
    await arrive(page, "Thursday 24 December 2026");
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe("/staff/?date=2026-12-24");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("A patient at /staff/ is told whose page it is and led to their own; staff and doctors are led to theirs", async () => {
    const patient = await openAs("patient2");
    await patient.goto("/staff/");
    await patient.getByRole("heading", { name: "This page is for the clinic's staff" }).waitFor();
    await patient.getByRole("link", { name: "Your appointments" }).click();
    await patient.getByRole("heading", { name: "Your appointments" }).waitFor();
    for (const account of ["staff1", "doctor1"]) {
      const page = await openAs(account);
      await page.goto("/appointments");
      await page.waitForURL("**/staff/");
      await page.getByRole("link", { name: "Day board" }).waitFor();
    }
    const doctor = await openAs("doctor1");
    await doctor.goto("/preferences");
    await doctor.getByRole("heading", { name: "Your preferences" }).waitFor();
  });
});
