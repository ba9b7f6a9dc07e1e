import { describe, expect, test } from "vitest";
import { hasBrowser, look, useBrowser } from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

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
    for (const colorScheme of SCHEMES) {
      await mine.emulateMedia({ colorScheme });
      await look(mine, `staff-policy-${colorScheme}`);
    }
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
});
