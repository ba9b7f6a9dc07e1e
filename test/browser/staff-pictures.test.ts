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
    const shots: [string, string][] = [
      ["today", "/staff/"],
      ["busy", `/staff/?date=${busy?.date}`],
      ["week", `/staff/?date=${busy?.date}&view=week`],
      ["list", `/staff/?date=${busy?.date}&as=list`],
    ];
    const own = (await stack().newPatients(1))[0];
    for (const screen of ["", "/policy", "/staff", "/api", "/audit", "/health"]) {
      shots.push([`clinic${screen.replace("/", "-")}`, `/staff/clinic${screen}`]);
    }
    shots.push(["tasks", "/staff/tasks"], ["record", `/staff/patients/${own?.id}`]);
    const found: string[] = [];
    for (const [name, path] of shots) {
      for (const size of [DESK, PHONE]) {
        await page.setViewportSize(size);
        await page.goto(path);
        await page.locator("[data-cell], table, main :is(dl, li, label, p)").first().waitFor();
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(folder, `staff-${name}-${size.width}-${colorScheme}.png`) });
        found.push(...(await violations(page)).map((one) => `${name} ${size.width}: ${one}`));
      }
    }
    expect(found).toEqual([]);
  });
});
