import { describe, expect, onTestFinished, test } from "vitest";
import { hasBrowser, logInAs, look, useBrowser } from "../support/browser.ts";
import { freeSlots, useStack } from "../support/stack.ts";

const SCHEMES = ["light", "dark"] as const;

describe.skipIf(!hasBrowser)("the clinic in the staff app", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack);

  test("Two administrators change the policy: the second sees the other's change and keeps what was typed", async () => {
    await stack().sql("update people set administrator = true where subject = 'auth0|staff3'");
    const [mine, theirs] = [await openAs("staff1"), await openAs("staff3")];
    for (const page of [mine, theirs]) await page.goto("/staff/clinic/policy");
    await theirs.getByLabel(/^Quiet window/).fill("7");
    await mine.getByLabel(/^Freeze/).fill("400");
    await mine.getByText("Freeze is outside its bounds.").waitFor();
    await mine.getByLabel(/^Freeze/).fill("30");
    await mine.getByText("Freeze: 24 hours → 30 hours").waitFor();
    await theirs.getByRole("button", { name: "Save" }).click();
    await theirs.getByText("Saved. It holds from now on.").waitFor();
    await mine.getByRole("button", { name: "Save" }).click();
    await mine.getByText(/changed this first$/).waitFor();
    await mine.getByText("Quiet window: 5 seconds → 7 seconds").waitFor();
    expect(await mine.getByLabel(/^Freeze/).inputValue()).toBe("30");
    await look(mine, "staff-policy-conflict");
    await mine.getByRole("button", { name: "Save" }).click();
    await mine.getByText("Saved. It holds from now on.").waitFor();
    const [policy] = await stack().sql("select freeze_hours, quiet_seconds from policy");
    expect(policy).toEqual({ freeze_hours: 30, quiet_seconds: 7 });
  });

  test("A wrong zone and a wrong country are said at their fields; what was typed stays", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/clinic");
    await page.getByRole("button", { name: "Add a location" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a location" });
    await dialog.getByLabel("Name").fill("Canal Dock");
    await dialog.getByLabel("Address").fill("3 Canal Dock, Dublin 2");
    await dialog.getByLabel("Time zone").fill("Europe/Atlantis");
    await dialog.getByLabel("Country").fill("ie");
    await page.keyboard.press("Enter");
    await dialog.getByText("There is no such time zone. An example: Europe/Dublin.").waitFor();
    await look(page, "staff-location-wrong");
    await dialog.getByLabel("Time zone").fill("Europe/Dublin");
    await dialog.getByLabel("Region").fill("BY");
    await page.keyboard.press("Enter");
    await dialog.getByText("This country has no such region.").waitFor();
    expect(await dialog.getByLabel("Name").inputValue()).toBe("Canal Dock");
    await dialog.getByLabel("Region").fill("");
    await page.keyboard.press("Enter");
    await page.getByText("Canal Dock is added").waitFor();
    await page.getByRole("button", { name: /^Change Ormond Quay/ }).click();
    const change = page.getByRole("dialog", { name: /^Change / });
    await change.getByLabel("Time zone").fill("Europe/Paris");
    await change.getByRole("button", { name: "Save" }).click();
    await change.getByText(/^There are times to come at this location/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Change the clinic…" }).click();
    await page.getByLabel("Name").fill("Liffey Street Clinic");
    await page.keyboard.press("Enter");
    await page.getByText("The clinic is changed").waitFor();
    await page.getByRole("banner").getByText("Liffey Street Clinic").waitFor();
  });

  test("A colleague gets an account; the last administrator stays one", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/clinic/staff");
    await page.getByRole("button", { name: "Let a colleague in" }).click();
    await page.getByLabel("Name").fill("Nora New");
    await page.getByLabel("Login").fill("auth0|staff-clinic-nora");
    await page.keyboard.press("Enter");
    await page.getByText("Nora New can log in now").waitFor();
    await stack().sql("update people set administrator = false where subject <> 'auth0|staff1'");
    await page.getByRole("button", { name: "Change Sinéad Walsh" }).click();
    await page.getByLabel("Administrator").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The clinic needs an administrator. Make a colleague one first.").waitFor();
    await look(page, "staff-account-last");
  });

  test("A key is shown once, when the app is added and when it is rotated", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/clinic/api");
    await page.getByRole("button", { name: "Add an app" }).click();
    await page.getByLabel("Name").fill("Kiosk");
    await page.getByLabel("Origins").fill("https://kiosk.clinic.example");
    await page.getByRole("button", { name: "Add it and show the key" }).click();
    const shown = page.getByRole("dialog", { name: "The new key" });
    const first = await shown.getByLabel("Key").inputValue();
    expect(first).toMatch(/^hk_/);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.getByRole("button", { name: "New key for Kiosk" }).click();
    await page.getByRole("button", { name: "Make the key and show it" }).click();
    await expect.poll(() => shown.getByLabel("Key").inputValue()).not.toBe(first);
    await look(page, "staff-key");
    await page.getByRole("button", { name: "I have it" }).click();
    const line = page.getByRole("listitem").filter({ hasText: "Kiosk" });
    await line.getByText(/, ends /).waitFor();
    expect(await page.content()).not.toContain(first);
    await line.getByRole("button", { name: "Change Kiosk" }).click();
    await page.getByLabel("Its keys are accepted").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await line.getByText("Switched off").waitFor();
  });

  test("The audit trail is filtered, shows before and after, and is downloaded; other staff read and change nothing", async () => {
    const page = await openAs("staff4");
    await page.goto("/staff/clinic/audit");
    await page.getByLabel("What", { exact: true }).selectOption({ label: "settings" });
    await page.getByRole("button", { name: "Show", exact: true }).click();
    const entry = page.getByRole("listitem").filter({ hasText: "Settings changed" }).first();
    await entry.getByText("What changed").click();
    await entry.getByText("freezeHours").waitFor();
    await look(page, "staff-audit");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download as CSV" }).click();
    expect((await download).suggestedFilename()).toBe("audit.csv");

    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByText("Only administrators can change these.").waitFor();
    expect(await page.getByRole("textbox").count()).toBe(0);
    await page.goto("/staff/clinic");
    await page.getByText("Canal Dock", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Staff accounts" }).click();
    await page.getByText("Nora New").waitFor();
    expect(await page.getByRole("button", { name: /^(Change|Let a|Add)/ }).count()).toBe(0);
    await page.goto("/staff/clinic/api");
    await page.getByText("Your login does not allow this").waitFor();
  });

  test("A record is changed, switched off with its booking cancelled, and merged into another one after a preview of both", async () => {
    // The mail about the cancellation is due after the test, so that it is still to be sent when the patient is erased.
    const [usual] = await stack().sql<{ quiet: number; most: number }>(
      "select quiet_seconds as quiet, max_delay_seconds as most from policy",
    );
    const quiet = (seconds = 0, most = 0) =>
      stack().sql("update policy set quiet_seconds = $1, max_delay_seconds = $2", [seconds, most]);
    await quiet(3600, 86_400);
    onTestFinished(async () => void (await quiet(usual?.quiet, usual?.most)));
    const [first, second] = await stack().newPatients(2);
    const staff = await stack().as("staff1");
    const [slot] = await freeSlots(stack(), 1);
    const held = await staff("POST", "/holds", { slotId: slot?.id, patientId: first?.id });
    const booked = await staff("POST", "/appointments", { holdId: held.body.id, patientId: first?.id });
    expect(booked.status).toBe(201);
    await stack().sql("insert into tasks (kind, patient_id, appointment_id) values ('mail-bounced', $1, $2)", [
      first?.id,
      booked.body.id,
    ]);
    await stack().sql(
      "update patients set name = case id when $1 then 'Dara One' else 'Dara Two' end where id in ($1, $2)",
      [first?.id, second?.id],
    );

    const page = await openAs("staff1");
    await page.goto("/staff/tasks");
    const task = page.getByRole("listitem").filter({ hasText: "Dara One" });
    await task.getByText("Mail came back").waitFor();
    await look(page, "staff-tasks");
    await task.getByRole("button", { name: "It is done" }).click();
    await task.waitFor({ state: "detached" });

    await page.goto(`/staff/patients/${first?.id}`);
    await page.getByRole("button", { name: "Change the details…" }).click();
    await page.getByLabel("Phone").fill("none");
    await page.keyboard.press("Enter");
    await page.getByText("This is no telephone number.").waitFor();
    await page.getByLabel("Phone").fill("+353 1 555 0188");
    await page.keyboard.press("Enter");
    await page.getByText("The record is changed").waitFor();
    await page.getByText("What was sent").first().click();
    await page.getByRole("button", { name: "Login…" }).click();
    await page.getByLabel("Keep every login out until staff allow it").check();
    await page.getByRole("button", { name: "End the login" }).click();
    await page.getByText("kept out by staff").waitFor();

    await page.getByRole("button", { name: "Switch off…" }).click();
    await page.getByText("1 appointment is still booked").waitFor();
    await look(page, "staff-switch-off");
    await page.getByRole("button", { name: "Switch off", exact: true }).click();
    await page.getByText("Still booked:").waitFor();
    await look(page, "staff-switched-off");
    await page.getByRole("button", { name: "Cancel these appointments" }).click();
    await page.getByText("Still booked:").waitFor({ state: "detached" });
    expect((await staff("GET", `/appointments/${booked.body.id}`)).body.status).toBe("cancelled");

    await page.goto(`/staff/patients/${second?.id}`);
    await page.getByRole("button", { name: "Merge…" }).click();
    await page.getByRole("searchbox").fill("Dara One");
    await page.getByRole("button", { name: /^Dara One/ }).click();
    const dialog = page.getByRole("dialog", { name: "Merge the records" });
    await dialog.getByRole("row", { name: /^Phone \+353 1 555 0188 none \+353 1 555 0188$/ }).waitFor();
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await look(page, `staff-merge-${colorScheme}`);
    }
    await dialog.getByRole("button", { name: "Merge them for good" }).click();
    await page.getByText("The records are merged").waitFor();
    await page.getByRole("link", { name: "+353 1 555 0188" }).waitFor();
    const [gone] = await stack().sql("select merged_into from patients where id = $1", [first?.id]);
    expect(gone).toEqual({ merged_into: second?.id });
    await page.getByRole("link", { name: "Access log" }).click();
    await page.getByText("Records merged").first().waitFor();

    // The record is of a former patient, who wants everything and then to be forgotten.
    await page.goto(`/staff/patients/${second?.id}`);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download everything" }).click();
    expect((await download).suggestedFilename()).toMatch(/^patient-.+\.json$/);
    await page.getByRole("button", { name: "Switch off…" }).click();
    await page.getByRole("button", { name: "Switch off", exact: true }).click();
    await page.getByRole("button", { name: "Erase…" }).click();
    const erasing = page.getByRole("dialog", { name: "Erase Dara Two" });
    await erasing.getByLabel("The clinic does not have to keep this record any longer").check();
    await erasing.getByRole("button", { name: "Erase for good" }).click();
    await erasing.getByText("The patient is still to be notified").waitFor();
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await look(page, `staff-erase-${colorScheme}`);
    }
    await stack().sql("update outbox set first_dirty_at = null, due_at = null where patient_id = $1", [second?.id]);
    await erasing.getByRole("button", { name: "Erase for good" }).click();
    await page.getByText("This patient was erased").waitFor();
    await look(page, "staff-erased");
    expect(await page.getByText("Dara Two").count()).toBe(0);
  });

  test("Where the policy asks for a second factor, saving leads to that login and back, with what was typed", async () => {
    await stack().sql("update policy set step_up_minutes = 15");
    try {
      const page = await openAs("staff1");
      await page.goto("/staff/clinic/policy");
      await page.getByLabel(/^Minimum notice/).fill("45");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Log in again with a second factor").waitFor();
      await page.getByRole("button", { name: "Log in with the second factor" }).click();
      await logInAs(page, "staff1");
      await page.getByText("Minimum notice: 60 minutes → 45 minutes").waitFor();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved. It holds from now on.").waitFor();
    } finally {
      await stack().sql("update policy set step_up_minutes = 0");
    }
  });

  test.each(SCHEMES)(
    "Every screen about the clinic passes axe at both widths, in the %s scheme and in German",
    async (colorScheme) => {
      const page = await openAs("staff1", { colorScheme, locale: "de-DE" });
      // The longest words are those of a mail that is overdue.
      await stack().sql(
        `update outbox set first_dirty_at = now(), due_at = now() - interval '10 minutes'
         where appointment_id = (select appointment_id from outbox limit 1)`,
      );
      const screens = [
        ["clinic", "/staff/clinic", "Standort anlegen"],
        ["accounts", "/staff/clinic/staff", "Nora New"],
        ["api", "/staff/clinic/api", "Kiosk"],
        ["audit", "/staff/clinic/audit", "Ältere Einträge"],
        ["health", "/staff/clinic/health", "Datenbank"],
        ["policy", "/staff/clinic/policy", "Sperrfrist (Stunden)"],
      ] as const;
      for (const [name, path, words] of screens) {
        await page.goto(path);
        await page.getByText(words).first().waitFor();
        await look(page, `staff-${name}-de-${colorScheme}`);
      }
    },
  );
});
