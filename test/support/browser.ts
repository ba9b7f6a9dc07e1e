import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type Axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { ROOT } from "#dev/build.ts";
import { findChromium } from "#dev/chromium.ts";
import type { TestStack } from "./stack.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = join(ROOT, "test-results");

/** Whether there is a browser; without one the tests are skipped, and the console says so. */
export const hasBrowser = findChromium() !== undefined;
if (!hasBrowser) console.error("The browser tests are SKIPPED: no Chromium or Chrome is on PATH, nor in CHROME_PATH.");

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 800 };

/** Maximum number of attempts to get a session. */
const MAX_LOGINS = 5;

export interface TestBrowser {
  /** A page of a browser context of its own (cookies, storage), closed after the test. */
  open: (options?: BrowserContextOptions) => Promise<Page>;
  /** The same, already logged in as a seeded account. */
  openAs: (account: string, options?: BrowserContextOptions) => Promise<Page>;
}

/**
 * One browser for the calling test file. What our pages log as an error, and any exception, fails the test.
 * `nearTimes: "closed"` is for tests that press the first time of a list: it must not become too near between two presses.
 */
export function useBrowser(
  stack: () => TestStack,
  { nearTimes = "open" }: { nearTimes?: "open" | "closed" } = {},
): TestBrowser {
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  let faults: string[] = [];
  beforeAll(async () => {
    if (nearTimes === "closed") await closeNearTimes(stack());
    browser = await chromium.launch({
      executablePath: findChromium() ?? "",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
  });
  afterEach(async ({ task }) => {
    const seen = faults;
    if (task.result?.state === "fail") await keepEvidence(contexts);
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    faults = [];
    expect(seen).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    if (!browser) throw new Error("The browser is not running yet.");
    const context = await browser.newContext({ viewport: DESK, baseURL: stack().urls.patientApp, ...options });
    context.setDefaultTimeout(60_000);
    contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      // Of our pages only. The browser's own line for a 4xx does not count: what the page makes of it is looked at.
      const ours = page.url().startsWith(stack().urls.patientApp);
      if (ours && message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        faults.push(message.text());
      }
    });
    return page;
  }
  async function openAs(account: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await open(options);
    await page.context().addCookies([await sessionCookie(stack(), account)]);
    return page;
  }
  return { open, openAs };
}

/** Closes the free times of the next three hours by hand, as staff would. */
async function closeNearTimes(stack: TestStack): Promise<void> {
  await stack.sql(
    `update slots set status = 'closed', closed_by = 'staff', by_hand = 'closed'
     where status = 'open' and appointment_id is null and starts_at between now() and now() + interval '3 hours'`,
  );
}

/** Pictures of the pages of a failed test, in test-results/. */
async function keepEvidence(contexts: readonly BrowserContext[]): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  const pages = contexts.flatMap((context) => context.pages());
  for (const [at, page] of pages.entries()) {
    await page.screenshot({ path: join(SHOTS, `failed-${at + 1}.png`) }).catch(() => undefined);
  }
}

/**
 * A session as the app gets it, by exchanging an access token. The token is new, because a token has one session at a time.
 */
async function sessionCookie(stack: TestStack, account: string) {
  const call = await stack.logIn(account);
  let { status, headers } = await call("POST", "/session");
  // On a busy machine the login's keys may come too late. 503 changes nothing and asks for another try.
  for (let tries = 1; status === 503 && tries < MAX_LOGINS; tries++) {
    ({ status, headers } = await call("POST", "/session"));
  }
  const [pair = ""] = headers.getSetCookie()[0]?.split(";") ?? [];
  const [name = "", value = ""] = pair.split("=");
  if (status >= 300 || !value) throw new Error(`No session for ${account}: ${status}`);
  return { name, value, domain: "127.0.0.1", path: "/", secure: true, httpOnly: true, sameSite: "Lax" as const };
}

/**
 * Checks the present screen on a phone and on a desk: no finding of axe, no sideways scroll even at 320 px (WCAG 1.4.10).
 * With PICTURES set, a screenshot of each is kept in test-results/ for people.
 */
export async function look(page: Page, name: string): Promise<void> {
  const before = page.viewportSize() ?? DESK;
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    expect(await violations(page), `${name} at ${size.width} px`).toEqual([]);
    await keepPicture(page, `${name}-${size.width}`);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at 320 px`).toBe(320);
  await page.setViewportSize(before);
}

/** A screenshot in test-results/, where a run keeps pictures. */
async function keepPicture(page: Page, name: string, fullPage = true): Promise<void> {
  if (!process.env["PICTURES"]) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage, animations: "disabled" });
}

/** Small and large phones, in CSS pixels. */
const PHONES = [PHONE, { width: 360, height: 640 }];

/**
 * On phones, without scrolling, the button is inside the window and nothing lies over any corner of it. With
 * PICTURES set, a screenshot of the visible page is kept in test-results/.
 */
export async function expectInReach(page: Page, button: string, name: string): Promise<void> {
  const before = page.viewportSize() ?? DESK;
  for (const size of PHONES) {
    await page.setViewportSize(size);
    await page.evaluate(() => scrollTo(0, 0));
    const hit = await page.getByRole("button", { name: button }).evaluate((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const corners = [left + 8, right - 8].flatMap((x) => [top + 8, bottom - 8].map((y) => [x, y] as const));
      const on = corners.map(([x, y]) => document.elementFromPoint(x, y));
      const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      return { inside, uncovered: on.every((one) => element.contains(one)), scrolled: scrollY };
    });
    expect({ size, ...hit }).toEqual({ size, inside: true, uncovered: true, scrolled: 0 });
    await keepPicture(page, `${name}-${size.width}x${size.height}`, false);
  }
  await page.setViewportSize(before);
}

/** The findings of axe by WCAG 2.0 to 2.2 A and AA and best practice, as `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated, not added as a tag, which the page's policy would rightly refuse.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof Axe };
    const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** Waits until a page's heading says this and has the focus: so a new page announces itself. */
export async function arrive(page: Page, heading: string): Promise<void> {
  await page.locator("h1:focus", { hasText: heading }).waitFor();
}

/** Chooses a person on the local login page, as a user does, and comes back. */
export async function logInAs(page: Page, account: string): Promise<void> {
  await page.getByRole("searchbox", { name: "Find a person" }).fill(account);
  await page.locator(`button[name="account"][value="${account}"]`).click();
}

/** Free times on the first page, once they are there; each names time, day and doctor. */
export function timeButtons(page: Page) {
  return page.getByRole("region", { name: "Free times" }).getByRole("button", { name: /^\d\d:\d\d, / });
}
