import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "#dev/build.ts";
import { DESK, PHONE, hasBrowser, useBrowser, violations } from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser || !process.env["PICTURES"])("pictures", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack);
  test.each(["light", "dark"] as const)("The staff screens in %s", async (colorScheme) => {
    const folder = join(ROOT, "test-results");
    mkdirSync(folder, { recursive: true });
    const page = await openAs("staff1", { colorScheme });
    const [busy] = await stack().sql<{ date: string }>(
      "select s.clinic_date::text as date from slots s where s.starts_at > now() and s.appointment_id is not null group by 1 order by count(*) desc limit 1",
    );
    const staff = await stack().as("staff1");
    const doctorId = (await staff("GET", "/doctors")).body.items[0].id as string;
    const doctor = `/staff/calendar/doctors/${doctorId}`;
    // A change for the list of changes, on a date of its own for each scheme.
    const date = colorScheme === "light" ? "2035-08-08" : "2035-08-09";
    const made = await staff("POST", "/holidays", { date, name: "Summer day" });
    const change = /operations\/([0-9a-f-]+)/.exec(made.headers.get("Link") ?? "")?.[1];
    /** Where, and what is pressed there before the picture is taken. */
    const shots: [name: string, path: string, ...presses: (string | RegExp)[]][] = [
      ["today", "/staff/"],
      ["busy", `/staff/?date=${busy?.date}`],
      ["glance", "/staff/today"],
      ["late-doctor", "/staff/today", /^(Doctor is late|Arzt verspätet)/],
      ["queue", "/staff/queue"],
      ["late-openings", "/staff/late"],
      ["patients", "/staff/patients?q=an"],
      ["openings", "/staff/openings"],
      ["week", `/staff/?date=${busy?.date}&view=week`],
      ["list", `/staff/?date=${busy?.date}&as=list`],
      ["doctors", "/staff/calendar/doctors"],
      ["new-doctor", "/staff/calendar/doctors", "New doctor"],
      ["doctor", doctor],
      ["schedule", doctor, "Edit the schedule"],
      ["absence", doctor, "Add an absence"],
      ["impact", doctor, "Leaves the clinic…", "Preview the change"],
      ["holidays", "/staff/calendar/holidays"],
      ["import", "/staff/calendar/holidays?year=2034", "Import public holidays"],
      ["changes", "/staff/calendar/changes"],
      ["change", `/staff/calendar/changes/${change}`],
      ["undo", `/staff/calendar/changes/${change}`, "Undo…"],
    ];
    const own = (await stack().newPatients(1))[0];
    for (const screen of ["", "/policy", "/staff", "/api", "/audit", "/health"]) {
      shots.push([`clinic${screen.replace("/", "-")}`, `/staff/clinic${screen}`]);
    }
    shots.push(["tasks", "/staff/tasks"], ["record", `/staff/patients/${own?.id}`]);
    const found: string[] = [];
    for (const [name, path, ...presses] of shots) {
      for (const size of [DESK, PHONE]) {
        await page.setViewportSize(size);
        await page.goto(path);
        await page.locator("[data-cell], table, main :is(dl, li, label, p)").first().waitFor();
        for (const button of presses) await page.getByRole("button", { name: button }).last().click();
        if (presses.length > 0) await page.locator("dialog button, form button").first().waitFor();
        if (name === "impact") await page.getByRole("button", { name: /^Apply/ }).waitFor();
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(folder, `staff-${name}-${size.width}-${colorScheme}.png`) });
        found.push(...(await violations(page)).map((one) => `${name} ${size.width}: ${one}`));
      }
    }
    expect(found).toEqual([]);
  });
});
