import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { arrive, hasBrowser, look, timeButtons, useBrowser } from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

const UNKNOWN_ID = "00000000-0000-7000-8000-000000000000";

describe.skipIf(!hasBrowser)("the patient app's pages", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack);
  const get = (path: string) => fetch(new URL(path, stack().urls.patientApp));

  test("Each deep link is the page with its security headers, and is revalidated every time", async () => {
    const start = await (await get("/")).text();
    for (const path of [
      "/",
      "/book/calendar",
      "/hold/1?slot=2",
      "/appointments",
      "/appointments/1/cancel",
      "/login/callback",
    ]) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get("Cache-Control")).toBe("no-cache");
      const policy = response.headers.get("Content-Security-Policy") ?? "";
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain(`connect-src 'self' ${new URL(stack().urls.issuer).origin}`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(await response.text()).toBe(start);
    }
    expect(await (await get("/staff/queue")).text()).not.toBe(start);
    for (const path of ["/nowhere", "/book/1", "/appointments/1/2"]) {
      const response = await get(path);
      expect([path, response.status, await response.text()]).toEqual([path, 404, start]);
    }
  });

  test("The page as delivered has the clinic's number. When the API does not answer, it says so and offers another try", async () => {
    const [clinic] = await stack().sql<{ name: string; phone: string }>("select name, phone from clinic");
    const html = await (await get("/")).text();
    expect(html).toContain(`>${clinic?.phone}</a>`);
    expect(html).toContain(`<span class="shell-brand">${clinic?.name}</span>`);
    const page = await open();
    // As from a Worker whose database does not answer.
    await page.route("/", async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/<script type="application\/json".*?<\/script>/s, "");
      await route.fulfill({ response, body });
    });
    await page.route("**/api/v1/**", (route) => route.abort());
    await page.goto("/");
    const again = page.getByRole("button", { name: "Try again" });
    await again.waitFor();
    await expect.poll(() => page.getByText("Loading…").count()).toBe(0);
    await look(page, "no-answer");
    await page.unroute("**/api/v1/**");
    await again.click();
    await timeButtons(page).first().waitFor();
  });

  test("One request brings the first three days, and nothing on the page moves, with or without an appointment", async () => {
    for (const page of [await open(), await openAs("patient1")]) {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.addInitScript(() => {
        const seen = { shift: 0 };
        Object.assign(globalThis, { seen });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
            if (!entry.hadRecentInput) seen.shift += entry.value;
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.goto("/");
      await timeButtons(page).first().waitFor();
      await page
        .getByRole("navigation", { name: "Days" })
        .getByRole("link", { name: /, \d+ times?$/ })
        .first()
        .waitFor();
      expect(await page.locator("section:has(> h2[id^=day-]) button").count()).toBeGreaterThan(16);
      const shift = await page.evaluate(() => (globalThis as unknown as { seen: { shift: number } }).seen.shift);
      expect(shift).toBeLessThanOrEqual(0.05);
      expect(asked.filter((path) => path === "/api/v1/availability")).toHaveLength(1);
      expect(asked).not.toContain("/api/v1/config");
    }
  });

  test("Scripts and styles are cached for a year by their hash. A missing one is 404 and never a page", async () => {
    const start = await (await get("/")).text();
    const assets = start.match(/\/assets\/[^"]+/g) ?? [];
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const path of assets) {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    }
    const missing = await get("/assets/missing.js");
    expect(missing.status).toBe(404);
    expect(missing.headers.get("Content-Type")).not.toContain("html");
    expect(missing.headers.get("Cache-Control") ?? "").not.toContain("max-age");
    const nope = await get("/api/nope");
    expect([nope.status, nope.headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
  });

  test("The pages have the same texts in Dublin, New York and Kolkata, with any language of the device", async () => {
    const call = await stack().as("patient1");
    const { body } = await call("GET", "/appointments?when=upcoming");
    // The last Sunday of October is within the horizon only for part of the year. The label is always there.
    const paths = ["/", "/appointments", `/appointments/${body.items[0].id}`];
    const read = async (page: Page) => {
      const texts: string[] = [];
      for (const path of paths) {
        await page.goto(path);
        await page
          .getByText(path === "/" ? "Your next appointment" : /^Reference/)
          .first()
          .waitFor();
        // A busy week comes in several answers. The test compares the page that has all of them.
        await page.waitForFunction(() => !document.querySelector("main [aria-busy=true]"));
        texts.push(await page.locator("body").innerText());
      }
      return texts;
    };
    const texts = await Promise.all(
      [
        { timezoneId: "Europe/Dublin", locale: "en-IE" },
        { timezoneId: "America/New_York", locale: "en-US" },
        { timezoneId: "Asia/Kolkata", locale: "hi-IN" },
      ].map(async (where) => await read(await openAs("patient1", where))),
    );
    expect(texts[0]?.[0]).toContain("All times are Dublin time.");
    expect(texts[1]).toEqual(texts[0]);
    expect(texts[2]).toEqual(texts[0]);
  });

  test("Each other state has a page with a next step", async () => {
    const page = await open();
    await page.goto("/appointments");
    await page.getByText("Log in to see your appointments.").waitFor();
    await look(page, "appointments-logged-out");
    await page.goto("/nowhere");
    await page.getByRole("heading", { name: "Page not found" }).waitFor();
    await look(page, "not-found");
    await page.goto("/login/callback?error=access_denied&state=x");
    await page.getByText("The login did not finish").waitFor();
    await look(page, "login-failed");
  });

  test("Pages that are empty, missing or not for the user's role say so, with a next step", async () => {
    const patient = await openAs("patient182");
    await patient.goto("/appointments");
    await patient.getByText("You have no appointments.").waitFor();
    await look(patient, "appointments-none");
    await patient.goto(`/appointments/${UNKNOWN_ID}`);
    await patient.getByRole("heading", { name: "We could not find that appointment" }).waitFor();
    await look(patient, "appointment-missing");
    await patient.goto("/");
    await patient.getByText("A certain doctor").click();
    await patient.getByText("Any in paediatrics").waitFor();
    await patient
      .getByRole("button", { name: /^Show \d+ more times$/ })
      .first()
      .click();
    await look(patient, "times-all-doctors");
  });

  test("On a shared computer the next person finds no draft, pin or page of the one before", async () => {
    const page = await openAs("staff2");
    await page.goto("/staff/");
    const account = (name: string) => page.getByRole("button", { name: new RegExp(name) });
    const nameOf = (account: string) => stack().accounts.find((known) => known.account === account)?.name ?? "";
    await account(nameOf("staff2")).waitFor();
    const keep = () =>
      page.evaluate((id) => {
        sessionStorage.setItem("acting-for", id);
        sessionStorage.setItem("pinboard", JSON.stringify([id]));
      }, UNKNOWN_ID);
    const kept = () =>
      page.evaluate(() => ["acting-for", "pinboard"].filter((key) => sessionStorage.getItem(key) !== null));
    await keep();
    await page.reload();
    await account(nameOf("staff2")).waitFor();
    expect(await kept()).toEqual(["acting-for", "pinboard"]);
    // Another person logs in without a log-out before it, in another tab: the cookie is the browser's.
    const cookies = await (await openAs("staff3")).context().cookies();
    await page.context().addCookies(cookies);
    await page.reload();
    await account(nameOf("staff3")).waitFor();
    await expect.poll(kept).toEqual([]);

    // "Back" to a page that the browser has kept whole, from before a log-out.
    await page.context().clearCookies();
    const restored = page.waitForEvent("load");
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await restored;
    await page.getByRole("button", { name: "Log in" }).waitFor();
    expect(await page.locator("body").textContent()).not.toContain(nameOf("staff3"));
  });

  test("Without times the page says until when, and leads to the next free day or to any doctor", async () => {
    const { body } = await stack().nobody("GET", "/doctors");
    const doctor = body.items[11] as { id: string; name: string };
    await stack().sql(
      "update slots set status = 'closed', closed_by = 'staff' where doctor_id = $1 and starts_at < now() + interval '20 days' and appointment_id is null",
      [doctor.id],
    );
    const page = await open();
    await page.goto(`/?doctor=${doctor.id}`);
    await page.getByText(new RegExp(`${doctor.name} has no times before \\w+day`)).waitFor();
    await look(page, "no-times");
    await page.getByRole("link", { name: /^See \d+ \w+$/ }).click();
    await timeButtons(page).first().waitFor();
    await arrive(page, "Choose a time");
  });

  test("The first page is within its budget: 200 kB of script and 20 kB of style as transferred", async () => {
    const start = await (await get("/")).text();
    const size = async (path: string) => {
      const response = await fetch(new URL(path, stack().urls.patientApp), {
        headers: { "Accept-Encoding": "identity" },
      });
      const stream = new Blob([await response.arrayBuffer()]).stream().pipeThrough(new CompressionStream("gzip"));
      return (await new Response(stream).arrayBuffer()).byteLength / 1000;
    };
    const sum = async (paths: string[]) => (await Promise.all(paths.map(size))).reduce((total, one) => total + one, 0);
    const paths = [...new Set(start.match(/\/(assets\/[^"]+|shell\.js)/g))];
    expect(await sum(paths.filter((path) => path.endsWith(".js")))).toBeLessThan(200);
    expect(await sum(paths.filter((path) => path.endsWith(".css")))).toBeLessThan(20);
  });
});
