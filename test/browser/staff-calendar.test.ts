import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { arrive, hasBrowser, look, useBrowser, violations } from "../support/browser.ts";
import { type CalendarStage, bookInOrder, setCalendarStage } from "../support/calendar-stage.ts";
import { type Api, useStack } from "../support/stack.ts";

/** Presses Tab until an element with this text has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement?.textContent ?? "")) === name) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}

describe.skipIf(!hasBrowser)("the clinic calendar in the staff app", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack);
  let staff: Api;
  let stage: CalendarStage;

  beforeAll(async () => {
    staff = await stack().as("staff1");
    stage = await setCalendarStage(stack(), { days: 10, booked: 3, free: 2 });
    await stack().sql("update patients set email = null where id = $1", [stage.patients[2]?.id]);
  });

  const appointmentsOf = async (id: string | undefined) =>
    (await staff("GET", `/appointments?patientId=${id}`)).body.items as { status: string; startsAt: string }[];
  /** The dialog that is open on top, when the change has been made. */
  const made = (page: Page) => page.getByText("The change is made");

  test("A holiday is previewed in at most five clicks, applied, its case reached from the result, and undone", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/calendar");
    await arriveOrShow(page, "Doctors");
    await look(page, "staff-doctors");
    await page.getByRole("link", { name: "Holidays", exact: true }).click();
    await page.getByRole("button", { name: "Add a holiday" }).click();
    await page.getByLabel(/^Day/).fill(stage.date);
    await page.getByLabel(/^Name/).fill("Harbour Day");
    await page.getByLabel("Where").selectOption({ label: stage.location.name });
    await page.getByRole("button", { name: "Preview the change" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a holiday" }).last();
    const apply = dialog.getByRole("button", { name: "Apply and notify 3 patients" });
    await apply.waitFor();
    const tiles = await dialog.locator("dl > div").allTextContents();
    expect(tiles).toEqual(["keep their time0", "move automatically2", "need staff1", "cannot be reached1"]);
    const moving = dialog.getByRole("region", { name: "Move automatically" });
    await moving.getByText("same doctor, 1 day later").first().waitFor();
    const left = dialog.getByRole("region", { name: "Need staff" });
    await left.getByText("There were more appointments than times.").waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await look(page, `staff-impact-${colorScheme}`);
    }
    // Nothing has happened yet.
    expect((await staff("GET", `/holidays?locationId=${stage.location.id}`)).body.items).toEqual([]);
    await apply.click();
    await made(page).waitFor();
    await dialog.getByText("2 moved, 1 to place by staff.").waitFor();
    expect(await violations(page)).toEqual([]);
    const states = await Promise.all(stage.patients.map(async ({ id }) => (await appointmentsOf(id))[0]?.status));
    expect(states.filter((status) => status === "moved")).toHaveLength(2);
    const waiting = states.indexOf("to-place");
    await dialog.getByRole("link", { name: "Place them now" }).click();
    await arrive(page, "To place");
    await page
      .getByText(`Own${waiting + 1} Patient`)
      .first()
      .waitFor();

    await page.goto("/staff/calendar/changes");
    await page
      .getByRole("link", { name: /^Holidays added/ })
      .first()
      .click();
    await arrive(page, "Holidays added");
    await page.getByText("2 moved, 1 to place by staff.").waitFor();
    await page.getByRole("link", { name: `Own${waiting + 1} Patient` }).waitFor();
    await look(page, "staff-operation");
    await page.getByRole("button", { name: "Undo…" }).click();
    const undo = page.getByRole("dialog", { name: "Undo: Holidays added" });
    const confirm = undo.getByRole("button", { name: "Undo and notify 3 patients" });
    await confirm.waitFor();
    await look(page, "staff-undo");
    await confirm.click();
    await page.getByText("This undoes another change").waitFor();
    await page.getByText("3 back where they were.").waitFor();
    for (const { id } of stage.patients) {
      expect(await appointmentsOf(id)).toMatchObject([{ status: "booked" }]);
    }
    expect((await staff("GET", `/holidays?locationId=${stage.location.id}`)).body.items).toEqual([]);
    await page.getByRole("link", { name: "Show that change" }).click();
    await page.getByText("This change has been undone").waitFor();
    expect(await page.getByRole("button", { name: "Undo…" }).count()).toBe(0);
  });

  test("By keyboard alone: a new doctor from the record to the first time that can be booked", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/calendar/doctors");
    await page.getByRole("button", { name: "New doctor" }).waitFor();
    await tabTo(page, "New doctor");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Dr Novak");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Novelty medicine");
    await page.keyboard.press("Enter");
    await arrive(page, "Dr Novak");
    await page.getByText("There is no weekly schedule yet.", { exact: false }).waitFor();
    await tabTo(page, "Edit the schedule");
    await page.keyboard.press("Enter");
    await page.getByRole("group", { name: "Row 1" }).waitFor();
    await look(page, "staff-schedule-form");
    await tabTo(page, "Preview the change");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Apply: no appointment is affected" }).waitFor();
    await tabTo(page, "Apply: no appointment is affected");
    await page.keyboard.press("Enter");
    await made(page).waitFor();
    await tabTo(page, "Close");
    await page.keyboard.press("Enter");
    // Every Monday from nine to one: one of the next weeks has no holiday on it.
    const first = page.getByRole("link", { name: /^Monday .*, \d\d:\d\d/ });
    await first.waitFor();
    await page.getByRole("cell", { name: "09:00–13:00" }).waitFor();
    await look(page, "staff-doctor");
    await first.click();
    await arrive(page, "Next openings");
    await page
      .getByRole("button", { name: /Dr Novak/ })
      .first()
      .waitFor();
  });

  test("A changed schedule shows the patients it displaces; what changes in between is shown before anything is applied", async () => {
    // Every weekday from nine to one, with three appointments at the end of a day.
    const { doctor, location, next: date } = await setCalendarStage(stack(), { days: 15, booked: 0, free: 0 });
    const weekday = ((new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7) + 1;
    const session = { weekday, from: "09:00", to: "10:00", validFrom: date, locationId: location.id, slotMinutes: 15 };
    const version = (await staff("GET", `/doctors/${doctor.id}/schedule`)).headers.get("ETag") ?? "";
    await staff("PUT", `/doctors/${doctor.id}/schedule`, [session], { "If-Match": version });
    const [early, late] = [await stack().newPatients(2), await stack().newPatients(2)];
    await bookInOrder(stack(), doctor.id, [...early, ...late.slice(0, 1)], date);

    const page = await openAs("staff1");
    await page.goto(`/staff/calendar/doctors/${doctor.id}`);
    await page.getByRole("button", { name: "Edit the schedule" }).click();
    await page.getByLabel(/^To/).fill("09:30");
    await page.getByRole("button", { name: "Preview the change" }).click();
    const dialog = page.getByRole("dialog", { name: "Change the weekly schedule" });
    await dialog.getByRole("button", { name: "Apply and notify 1 patient" }).waitFor();
    expect(await dialog.locator("dl > div").first().textContent()).toBe("keep their time2");
    // The fourth time of the day is booked while staff look at the preview.
    await bookInOrder(stack(), doctor.id, late.slice(1), date);
    await dialog.getByRole("button", { name: "Apply and notify 1 patient" }).click();
    await dialog.getByText("Something has changed since you looked").waitFor();
    const name = (await stack().sql<{ name: string }>("select name from patients where id = $1", [late[1]?.id]))[0]
      ?.name;
    await dialog.getByText(`Newly affected: ${name}`).waitFor();
    await look(page, "staff-stale");
    expect((await appointmentsOf(late[0]?.id))[0]?.status).toBe("booked");
    await dialog.getByRole("button", { name: "Apply and notify 2 patients" }).click();
    await made(page).waitFor();
    expect((await appointmentsOf(early[0]?.id))[0]?.status).toBe("booked");
    for (const { id } of late) expect(["moved", "to-place"]).toContain((await appointmentsOf(id))[0]?.status);
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByRole("cell", { name: "09:00–09:30" }).waitFor();
    // A session that cannot be is named with its row, and what was typed stays.
    await page.getByRole("button", { name: "Edit the schedule" }).click();
    await page.getByLabel(/^To/).fill("09:40");
    await page.getByRole("button", { name: "Preview the change" }).click();
    await dialog.getByText("Row 1:").waitFor();
    await dialog.getByRole("button", { name: "Back, change nothing" }).click();
    expect(await page.getByLabel(/^To/).inputValue()).toBe("09:40");
    // In German too, although the API's sentence is English.
    const german = await openAs("staff1", { locale: "de-DE" });
    await german.goto(new URL(page.url()).pathname);
    await german.getByRole("button", { name: "Plan bearbeiten" }).click();
    await german.getByLabel(/^Bis/).fill("09:40");
    await german.getByRole("button", { name: "Vorschau der Änderung" }).click();
    await german.getByText("Zeile 1: Die Dauer ist kein Vielfaches der Länge einer Zeit.").waitFor();
  });

  test("From the board a late doctor is away until an hour, and a single time is closed, opened and removed", async () => {
    const { doctor, date } = await setCalendarStage(stack(), { days: 5, booked: 1, free: 0 });
    const times = await stack().sql<{ id: string }>("select id from slots where doctor_id = $1 order by starts_at", [
      doctor.id,
    ]);
    const page = await openAs("staff1");
    await page.goto(`/staff/?date=${date}`);
    const cell = (n: number) => page.locator(`[data-cell="${times[n]?.id}"]`);
    await cell(0).click();
    await page.getByRole("button", { name: "Doctor away…" }).click();
    const absence = page.getByRole("dialog", { name: "Absence of a doctor" });
    expect(await absence.getByLabel("Doctor").evaluate((node: HTMLSelectElement) => node.value)).toBe(doctor.id);
    await absence.locator("input[name=to]").fill("09:30");
    await look(page, "staff-absence");
    await absence.getByRole("button", { name: "Preview the change" }).click();
    const away = page.getByRole("dialog", { name: "Add an absence" });
    await away.getByRole("button", { name: "Apply and notify 1 patient" }).click();
    await made(page).waitFor();
    await away.getByRole("button", { name: "Close", exact: true }).last().click();
    expect((await staff("GET", `/doctors/${doctor.id}/exceptions`)).body.items).toMatchObject([
      { kind: "absence", fromDate: date, toDate: date, from: "00:00", to: "09:30" },
    ]);
    await page
      .getByRole("gridcell", { name: /^Away, 09:00 to 09:30/ })
      .or(cell(0))
      .first()
      .waitFor();

    // The last time of the day stays free: the displaced patient takes an earlier one.
    const status = async () =>
      (await stack().sql<{ status: string }>("select status from slots where id = $1", [times[7]?.id]))[0]?.status;
    const panel = page.getByRole("complementary", { name: "Details" });
    const act = async (button: string, title: string) => {
      await panel.getByRole("button", { name: button }).click();
      const dialog = page.getByRole("dialog", { name: title });
      await dialog.getByRole("button", { name: "Apply: no appointment is affected" }).click();
      await made(page).waitFor();
      await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    };
    await page.getByRole("button", { name: "Edit times" }).click();
    await cell(7).click();
    await act("Close this time…", "Close this time");
    await expect.poll(status).toBe("closed");
    await panel.getByRole("button", { name: "Open this time…" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await act("Open this time…", "Open this time");
    await expect.poll(status).toBe("open");
    await act("Remove this time…", "Remove this time");
    await expect.poll(status).toBeUndefined();
  });

  test("An import says what is new, what is there already and what is left out before it is previewed", async () => {
    const page = await openAs("staff1", { colorScheme: "dark" });
    // The last year that is prepared: nothing is booked so far ahead.
    await page.goto("/staff/calendar/holidays?year=2035");
    await arriveOrShow(page, "Holidays 2035");
    await staff("POST", "/holidays", { date: "2035-03-17", name: "Patrick's", locationId: stage.location.id });
    await staff("POST", "/holidays", { date: "2035-07-07", name: "Staff outing", locationId: stage.location.id });
    await page.reload();
    await page.getByText("Staff outing").waitFor();
    await page.getByRole("button", { name: "Import public holidays" }).click();
    const dialog = page.getByRole("dialog", { name: "Import public holidays" }).first();
    await dialog.getByLabel("Where").selectOption({ label: stage.location.name });
    await dialog.getByText("There already, nothing changes (1)").click();
    await dialog.getByText("Saturday 17 March 2035: Patrick's").waitFor();
    await dialog.getByText("Yours, not on the list: they stay (1)").waitFor();
    await dialog.getByText("New: the clinic closes (10)").waitFor();
    await dialog.getByText(/^No public holidays: left out/).click();
    await dialog.getByLabel("Friday 23 March 2035: Good Friday (banks and offices close)").check();
    await look(page, "staff-import");
    await dialog.getByRole("button", { name: "Preview the change" }).click();
    await page.getByRole("button", { name: "Apply: no appointment is affected" }).click();
    await made(page).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByText("St. Stephen’s Day").waitFor();
    await look(page, "staff-holidays");
    expect((await staff("GET", `/holidays?year=2035&locationId=${stage.location.id}`)).body.items).toHaveLength(13);
  });

  /** The heading is there: on the first page of a visit it does not take the focus. */
  async function arriveOrShow(page: Page, heading: string): Promise<void> {
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
  }
});
