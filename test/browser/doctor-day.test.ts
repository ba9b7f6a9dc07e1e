import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { DESK, PHONE, hasBrowser, look, useBrowser, violations } from "../support/browser.ts";
import { type Morning, setMorning } from "../support/doctor-morning.ts";
import { useStack } from "../support/stack.ts";

const lineOf = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });
const nameOf = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const openDay = async (page: Page, { date, patients }: Morning) => {
  await page.goto(`/doctor/day?date=${date}`);
  await nameOf(page, patients[0]!.name).waitFor();
};

describe.skipIf(!hasBrowser)("the doctor's day", () => {
  const stack = useStack();
  const { open, openAs } = useBrowser(stack);

  test("A doctor marks a morning by presses and keys, corrects a mark, and sees staff's changes within 10 s", async () => {
    const morning = await setMorning(stack(), "doctor1");
    const [first, second, third, late] = morning.patients.map(({ name }) => name) as [string, string, string, string];
    const page = await openAs("doctor1");
    await page.goto("/");
    await page.waitForURL("**/doctor/day");
    await openDay(page, morning);

    // Each patient with the reason, and the times without one.
    await lineOf(page, first).getByText("A cough that does not go away").waitFor();
    await lineOf(page, late)
      .getByText(/min late|not arrived/)
      .waitFor();
    for (const words of ["Free", "Held by a patient", /^Away until \d\d:\d\d: Course$/]) {
      await page.getByRole("listitem").getByText(words).waitFor();
    }
    await page.getByText("4 patients to come, 0 waiting, 0 seen, 0 did not come, 1 free time").waitFor();
    if (morning.isToday) await page.getByText(/^Now, \d\d:\d\d$/).waitFor();

    // By keys: the first arrives and is seen. The focus stays with the patient.
    await nameOf(page, first).focus();
    await page.keyboard.press("a");
    await lineOf(page, first)
      .getByText(/arrived, waiting \d+ min/)
      .waitFor();
    await page.keyboard.press("c");
    await lineOf(page, first).getByText("seen", { exact: true }).waitFor();
    await page.getByRole("status").getByText(`${first}: seen`).waitFor();
    await page.keyboard.press("j");
    await page.locator("button[data-patient]:focus", { hasText: second }).waitFor();
    await page.keyboard.press("ArrowUp");
    await page.locator("button[data-patient]:focus", { hasText: first }).waitFor();

    // By one press: the second did not come, and came after all.
    await page.getByRole("button", { name: `Did not come, ${second}` }).click();
    await lineOf(page, second).getByText("did not come", { exact: true }).waitFor();
    await page.getByRole("button", { name: `Arrived after all, ${second}` }).click();
    await lineOf(page, second)
      .getByText(/arrived, waiting \d+ min/)
      .waitFor();

    // Staff mark the third: the page learns it by itself.
    const staff = await stack().as("staff1");
    const path = `/appointments/${morning.patients[2]!.appointmentId}`;
    const { headers } = await staff("GET", path);
    const ifMatch = { "If-Match": headers.get("ETag") ?? "" };
    expect((await staff("POST", `${path}/attendance`, { status: "arrived" }, ifMatch)).status).toBe(200);
    await lineOf(page, third)
      .getByText(/arrived, waiting \d+ min/)
      .waitFor();
    expect(
      await stack().sql(
        `select u.action from audit u join people p on p.id = u.actor_id
         where p.role = 'doctor' and u.entity_id = any($1) and u.action in ('appointment.arrived', 'appointment.completed', 'appointment.no-show')
         order by u.id`,
        [morning.patients.map(({ appointmentId }) => appointmentId)],
      ),
    ).toEqual(["arrived", "completed", "no-show", "arrived"].map((mark) => ({ action: `appointment.${mark}` })));
  });

  test("The day and the week pass axe in both schemes and languages and at all widths, and print", async () => {
    const morning = await setMorning(stack(), "doctor2");
    const page = await openAs("doctor2");
    await openDay(page, morning);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("The patient did not come").waitFor();
    await page.keyboard.press("Escape");
    await look(page, "doctor-day");
    await page.emulateMedia({ colorScheme: "dark" });
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      expect(await violations(page), `the day, dark, at ${size.width} px`).toEqual([]);
    }
    await page.emulateMedia({ media: "print" });
    await page
      .getByRole("button", { name: /^Arrived, / })
      .first()
      .waitFor({ state: "hidden" });
    expect(await nameOf(page, morning.patients[3]!.name).isVisible()).toBe(true);

    await page.emulateMedia({ media: "screen" });
    await page.goto(`/doctor/week?date=${morning.date}`);
    await page.getByText("4 patients, 1 free time").waitFor();
    expect(await violations(page), "the week, dark").toEqual([]);
    await page.emulateMedia({ colorScheme: "light" });
    await look(page, "doctor-week");
    await page.getByRole("button", { name: "Deutsch" }).first().click();
    await page.getByText("4 Termine, 1 freie Zeit").waitFor();
    await page.getByRole("link", { name: "Tag", exact: true }).click();
    await page.getByRole("button", { name: "Drucken" }).waitFor();
  });

  test("A patient reads that the doctors' pages are not theirs, and the patients' pages fetch none of them", async () => {
    const page = await openAs("patient2");
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    await page.goto("/appointments");
    await page.getByRole("heading", { name: "Your appointments" }).waitFor();
    const own = /DoctorFrame|DayPage|WeekPage/;
    expect(fetched.filter((path) => own.test(path))).toEqual([]);
    await page.goto("/doctor/day");
    await page.getByRole("heading", { name: "This page is for the clinic's doctors" }).waitFor();
    expect(fetched.filter((path) => own.test(path))).not.toEqual([]);
    const visitor = await open();
    await visitor.goto("/doctor/week");
    await visitor.getByText("Doctors see their day and their week here, after logging in.").waitFor();
  });
});
