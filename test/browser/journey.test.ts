import { simpleParser } from "mailparser";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import {
  DESK,
  PHONE,
  arrive,
  hasBrowser,
  logInAs,
  look,
  timeButtons,
  useBrowser,
  violations,
} from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

describe.skipIf(!hasBrowser)("booking in a browser", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack, { nearTimes: "closed" });

  const mailsTo = async (address: string) => {
    const store = await (await fetch(new URL("/store", stack().urls.inbox))).json();
    const { emails } = store as { emails: { messageId: string; destination?: { to?: string[] } }[] };
    return emails.filter(({ destination }) => destination?.to?.includes(address));
  };
  /** Presses Tab until the wanted element has the focus; answers how many presses that took. */
  const tabTo = async (page: Page, isThere: () => Promise<boolean>) => {
    for (let presses = 1; presses <= 10; presses++) {
      await page.keyboard.press("Tab");
      if (await isThere()) return presses;
    }
    throw new Error("Ten presses of Tab did not reach it.");
  };

  /** Looks at a screen in both schemes. The second costs one scan only, unless pictures are wanted. */
  const lookInBoth = async (page: Page, name: string) => {
    await look(page, name);
    await page.emulateMedia({ colorScheme: "dark" });
    if (process.env["PICTURES"]) await look(page, `${name}-dark`);
    expect(await violations(page), `${name}, dark`).toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
  };

  test.each([
    // Each look is at both sizes, so once is enough.
    { account: "patient2", where: "on a phone", viewport: PHONE, see: lookInBoth },
    { account: "patient160", where: "at a desk", viewport: DESK, see: () => undefined },
  ])("$where, a stranger books an appointment and gets one e-mail with one calendar part", async (how) => {
    await stack().sql("update policy set quiet_seconds = 1");
    const page = await open({ viewport: how.viewport });
    const origins = new Set<string>();
    page.on("request", (request) => origins.add(new URL(request.url()).origin));

    await page.goto("/");
    await timeButtons(page).first().waitFor();
    await how.see(page, "times");
    await timeButtons(page).last().click();

    await page.waitForURL(`${stack().urls.issuer}**`);
    await how.see(page, "login");
    await logInAs(page, how.account);

    await arrive(page, "Check and confirm");
    const left = page.getByRole("timer", { name: "Time left" });
    expect(await left.textContent()).toMatch(/^(5:00|4:\d\d)$/);
    await how.see(page, "check");
    const extended = page.waitForResponse((reply) => reply.url().endsWith("/extend") && reply.status() === 200);
    await page.getByRole("button", { name: "Keep it longer" }).click();
    await extended;
    await expect.poll(() => left.textContent()).toMatch(/^(5:00|4:5\d)$/);
    await page.getByRole("button", { name: "Confirm appointment" }).click();

    await arrive(page, "Your appointment is booked");
    await how.see(page, "booked");
    const [booked] = await stack().sql<{ id: string; when: string }>(
      `select a.id, to_char(a.starts_at at time zone 'Europe/Dublin', 'HH24:MI') as when
       from appointments a join patients t on t.id = a.patient_id join people p on p.id = t.person_id
       where p.subject = $1 and a.status = 'booked'`,
      [`auth0|${how.account}`],
    );
    await page.getByRole("link", { name: "See all your appointments" }).click();
    await arrive(page, "Your appointments");
    const item = page.getByRole("region", { name: "Upcoming" }).getByRole("listitem");
    await item.waitFor();
    expect(await item.textContent()).toContain(`, ${booked?.when}`);
    await how.see(page, "appointments");
    expect([...origins].toSorted()).toEqual(
      [new URL(stack().urls.patientApp).origin, new URL(stack().urls.issuer).origin].toSorted(),
    );

    const address = `${how.account}@patients.example`;
    await expect.poll(() => mailsTo(address)).toHaveLength(1);
    const [mail] = await mailsTo(address);
    const raw = await (await fetch(new URL(`/messages/${mail?.messageId}/raw`, stack().urls.inbox))).text();
    const { attachments, text } = await simpleParser(raw);
    expect(text).toContain(booked?.when);
    expect(attachments.filter(({ contentType }) => contentType === "text/calendar")).toHaveLength(1);
    // Nothing more is owed, once it is recorded as sent, so no second one follows.
    const owed = () => stack().sql("select from outbox where appointment_id = $1 and due_at is not null", [booked?.id]);
    await expect.poll(owed).toHaveLength(0);
    expect(await mailsTo(address)).toHaveLength(1);
  });

  test("A logged-in patient books the earliest time with two clicks", async () => {
    const page = await openAs("patient161");
    await page.goto("/");
    let clicks = 0;
    for (const press of [timeButtons(page).first(), page.getByRole("button", { name: "Confirm appointment" })]) {
      await press.click();
      clicks += 1;
    }
    await arrive(page, "Your appointment is booked");
    expect(clicks).toBe(2);
  });

  test("By keyboard booking takes at most eight presses, and each step starts at its heading", async () => {
    const page = await openAs("patient162");
    await page.goto("/");
    await timeButtons(page).first().waitFor();
    const at = (what: string) => () =>
      page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, what);
    let presses = await tabTo(page, at('a[href="#times"]'));
    await page.keyboard.press("Enter");
    await page.locator("h2:focus[id^=day-]").waitFor();
    const first = await timeButtons(page).first().elementHandle();
    presses += await tabTo(page, () => page.evaluate((element) => document.activeElement === element, first));
    await page.keyboard.press("Enter");
    await arrive(page, "Check and confirm");
    await page.getByRole("button", { name: "Confirm appointment" }).waitFor();
    presses += await tabTo(page, at('button[type="submit"]'));
    await page.keyboard.press("Enter");
    await arrive(page, "Your appointment is booked");
    expect(presses + 3).toBeLessThanOrEqual(8);
  });
});
