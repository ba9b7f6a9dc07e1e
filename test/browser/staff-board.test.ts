import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type Stage, setBoardStage } from "../support/board-stage.ts";
import { DESK, PHONE, arrive, hasBrowser, logInAs, useBrowser, violations } from "../support/browser.ts";
import { useStack } from "../support/stack.ts";

const cellOf = (page: Page, slotId: string | undefined) => page.locator(`[data-cell="${slotId}"]`);
/** Opens the board of a stage, and waits for its appointment. */
const openBoard = async (page: Page, { date, slots }: Stage) => {
  await page.goto(`/staff/?date=${date}`);
  await cellOf(page, Object.values(slots[0])[0]).waitFor();
};
/** Presses on one cell and goes to another in steps, without letting go. */
const drag = async (page: Page, from: string | undefined, to: string | undefined) => {
  await cellOf(page, to).scrollIntoViewIfNeeded();
  const [start, end] = [await cellOf(page, from).boundingBox(), await cellOf(page, to).boundingBox()];
  if (!start || !end) throw new Error("a cell is not there");
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
  await page.mouse.down();
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 8 });
};

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

  test("A patient at /staff/ reads whose page it is and is led to their own. Staff are led to theirs, doctors to their day", async () => {
    const patient = await openAs("patient2");
    await patient.goto("/staff/");
    await patient.getByRole("heading", { name: "This page is for the clinic's staff" }).waitFor();
    await patient.getByRole("link", { name: "Your appointments" }).click();
    await patient.getByRole("heading", { name: "Your appointments" }).waitFor();
    const page = await openAs("staff1");
    await page.goto("/appointments");
    await page.waitForURL("**/staff/");
    await page.getByRole("link", { name: "Day board" }).waitFor();
    const doctor = await openAs("doctor1");
    await doctor.goto("/appointments");
    await doctor.waitForURL("**/doctor/day");
    await doctor.goto("/preferences");
    await doctor.getByRole("heading", { name: "Your preferences" }).waitFor();
  });

  /** Where an appointment is, as the API says. */
  const slotOfAppointment = async (id: string) =>
    (await (await stack().as("staff2"))("GET", `/appointments/${id}`)).body.slotId;

  test("A drag says its consequence before the drop, moves the appointment, and can be undone", async () => {
    const stage = await setBoardStage(stack(), 5);
    const [alpha, beta] = stage.slots;
    const page = await openAs("staff1");
    await openBoard(page, stage);
    await drag(page, alpha["09:00"], beta["10:30"]);
    await page.locator('[data-tone="ok"]', { hasText: /is told: 09:00 becomes 10:30, Dr Beta/ }).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(alpha["09:00"]);
    await page.mouse.up();
    await page.getByText(/moved to .*10:30, Dr Beta/).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(beta["10:30"]);
    await cellOf(page, beta["10:30"]).and(page.locator('[data-state="booked"]')).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText(/back on .*09:00, Dr Alpha/).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(alpha["09:00"]);

    // Escape puts it back, and a taken time takes nothing.
    await drag(page, alpha["09:00"], beta["09:30"]);
    await page.keyboard.press("Escape");
    await page.mouse.up();
    await stack().sql("update slots set status = 'closed', closed_by = 'absence' where id = $1", [beta["09:30"]]);
    await cellOf(page, beta["09:30"]).and(page.locator('[data-state="absent"]')).waitFor();
    await drag(page, alpha["09:00"], beta["09:30"]);
    await page.locator('[data-tone="no"]', { hasText: "The doctor is away" }).first().waitFor();
    await page.mouse.up();
    await page.getByText(/^Not moved\./).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(alpha["09:00"]);
  });

  test("By keyboard a move is four keys, is spoken, and the focus follows. A closed time asks for a reason by its rule", async () => {
    const stage = await setBoardStage(stack(), 6);
    const [alpha] = stage.slots;
    await stack().sql("update slots set status = 'closed', closed_by = 'staff' where id = $1", [alpha["10:00"]]);
    const page = await openAs("staff1");
    await openBoard(page, stage);
    await cellOf(page, alpha["09:00"]).focus();
    for (const key of ["m", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    await page
      .getByRole("status")
      .filter({ hasText: /09:30, Dr Alpha .*Free.*09:00 becomes 09:30/ })
      .waitFor();
    await page.keyboard.press("Enter");
    await page.getByText(/moved to .*09:30/).waitFor();
    await page.locator(`[data-cell="${alpha["09:30"]}"]:focus`).waitFor();
    expect(await page.locator('[role="gridcell"][tabindex="0"]').count()).toBe(1);

    for (const key of ["m", "ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    const dialog = page.getByRole("dialog", { name: "A rule stands in the way" });
    await dialog.getByText("This time is closed.").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText(/moved to .*10:00/).waitFor();
    const audit = await (
      await stack().as("staff2")
    )("GET", `/audit?entityId=${stage.appointmentId}&action=appointment.reschedule`);
    expect(audit.body.items.map(({ reason }: { reason: string | null }) => reason)).toEqual([
      "Agreed with the patient",
      null,
    ]);
  });

  test("Two staff move the same appointment: the second reads who was faster and when, and sees that change", async () => {
    const stage = await setBoardStage(stack(), 7);
    const [alpha, beta] = stage.slots;
    const page = await openAs("staff1");
    await openBoard(page, stage);
    // Nothing newer reaches this screen.
    await page.route("**/api/v1/board?*", (route) => route.abort());
    const rival = await stack().as("staff2");
    const patientId = (await rival("GET", `/appointments/${stage.appointmentId}`)).body.patientId;
    const held = await rival("POST", "/holds", { slotId: beta["11:00"], patientId });
    const moved = await rival(
      "POST",
      `/appointments/${stage.appointmentId}/reschedule`,
      { holdId: held.body.id },
      { "If-Match": '"1"' },
    );
    expect(moved.status).toBe(200);
    await drag(page, alpha["09:00"], alpha["10:00"]);
    await page.unroute("**/api/v1/board?*");
    await page.mouse.up();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: /changed this first$/ }).waitFor();
    await dialog.getByText(/That was on .*has not been saved/).waitFor();
    await dialog.getByRole("button", { name: "Show their change" }).click();
    await cellOf(page, beta["11:00"]).and(page.locator('[data-state="booked"]')).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(beta["11:00"]);
    const [free] = await stack().sql("select hold_id from slots where id = $1 and hold_expires_at > now()", [
      alpha["10:00"],
    ]);
    expect(free).toBeUndefined();
  });

  test("The answer to a move is lost with the network: it is sent again under its key and done once", async () => {
    const stage = await setBoardStage(stack(), 8);
    const [alpha] = stage.slots;
    const page = await openAs("staff1");
    await openBoard(page, stage);
    const keys: (string | undefined)[] = [];
    await page.route("**/reschedule", async (route) => {
      keys.push(route.request().headers()["idempotency-key"]);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      return route.abort("connectionreset");
    });
    await drag(page, alpha["09:00"], alpha["10:15"]);
    await page.mouse.up();
    await page.getByText(/moved to .*10:15/).waitFor();
    expect(keys.length).toBe(2);
    expect(keys[1]).toBe(keys[0]);
    const [row] = await stack().sql<{ count: number; version: number }>(
      `select count(u.id)::int as count, max(a.version) as version from appointments a
       join audit u on u.entity_id = a.id and u.action = 'appointment.reschedule' where a.id = $1`,
      [stage.appointmentId],
    );
    expect(row).toEqual({ count: 1, version: 2 });
  });

  test("What is parked keeps its time through a reload, and is dropped on another day", async () => {
    const [stage, other] = [await setBoardStage(stack(), 9), await setBoardStage(stack(), 10)];
    const page = await openAs("staff1");
    await openBoard(page, stage);
    await cellOf(page, stage.slots[0]["09:00"]).focus();
    await page.keyboard.press("p");
    const pinboard = page.getByRole("region", { name: "Pinboard" });
    await pinboard.getByText(stage.patient.name).waitFor();
    await page.goto(`/staff/?date=${other.date}`);
    await page.reload();
    await pinboard.getByText(stage.patient.name).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(stage.slots[0]["09:00"]);
    const target = cellOf(page, other.slots[1]["09:45"]);
    await target.scrollIntoViewIfNeeded();
    const [pin, box] = [await pinboard.getByText(stage.patient.name).boundingBox(), await target.boundingBox()];
    if (!pin || !box) throw new Error("not there");
    await page.mouse.move(pin.x + 5, pin.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + 20, box.y + 10, { steps: 8 });
    await page.mouse.up();
    await page.getByText(/moved to .*09:45/).waitFor();
    expect(await slotOfAppointment(stage.appointmentId)).toBe(other.slots[1]["09:45"]);
    await pinboard.waitFor({ state: "detached" });
  });

  test("One key marks a patient arrived and one press seen. A cancellation names the person whose reason it is", async () => {
    // Today at any time: both marks are possible from midnight on.
    const stage = await setBoardStage(stack(), 0, 21 * 60);
    const later = await setBoardStage(stack(), 11);
    const page = await openAs("staff1");
    await page.goto("/staff/?as=board");
    const cell = cellOf(page, stage.slots[0]["21:00"]);
    await cell.focus();
    await page.keyboard.press("a");
    await cell.and(page.locator('[data-state="arrived"]')).waitFor();
    expect(await cell.getAttribute("aria-label")).toMatch(/arrived, waiting 0 minutes, 21:00, Dr Alpha/);
    await cell.click();
    await page.getByRole("complementary", { name: "Details" }).getByRole("button", { name: "Seen" }).click();
    await cell.and(page.locator('[data-state="completed"]')).waitFor();

    await openBoard(page, later);
    await cellOf(page, later.slots[0]["09:00"]).click();
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByText("The clinic", { exact: true }).click();
    await page.getByText("Equipment").click();
    await page.getByRole("button", { name: "Cancel the appointment" }).click();
    await page.getByText(`${later.patient.name}: cancelled`).waitFor();
    const { body } = await (await stack().as("staff2"))("GET", `/appointments/${later.appointmentId}`);
    expect(body.cancellation).toEqual({ by: "clinic", code: "equipment", note: null });
  });

  test("Enter on a free time books it for a patient found by name, and returns to the board", async () => {
    const stage = await setBoardStage(stack(), 14);
    const page = await openAs("staff1");
    await openBoard(page, stage);
    await cellOf(page, stage.slots[1]["10:00"]).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Book for whom?" });
    await dialog.getByRole("searchbox").fill(stage.patient.name);
    await dialog
      .getByRole("button", { name: new RegExp(stage.patient.name) })
      .first()
      .click();
    await page.getByRole("button", { name: "Confirm the appointment" }).click();
    await cellOf(page, stage.slots[1]["10:00"]).and(page.locator('[data-state="booked"]')).waitFor();
  });

  test("A change by others waits behind a chip while an appointment is moved", async () => {
    const stage = await setBoardStage(stack(), 12);
    const [alpha, beta] = stage.slots;
    const page = await openAs("staff1");
    await openBoard(page, stage);
    await drag(page, alpha["09:00"], beta["10:00"]);
    await page.locator('[data-tone="ok"]').first().waitFor();
    await stack().sql("update slots set status = 'closed', closed_by = 'holiday' where id = any($1)", [
      [beta["10:00"], beta["11:00"]],
    ]);
    await page.getByRole("button", { name: /^\d+ changes?$/ }).waitFor({ timeout: 15_000 });
    // Not drawn yet, but judged already, without a step of the pointer.
    expect(await cellOf(page, beta["11:00"]).getAttribute("data-state")).toBe("free");
    await page.locator('[data-tone="no"]', { hasText: "Public holiday" }).first().waitFor();
    await page.mouse.up();
    await page.getByText(/^Not moved\./).waitFor();
    await cellOf(page, beta["11:00"]).and(page.locator('[data-state="holiday"]')).waitFor();
  });

  test.each(["light", "dark"] as const)(
    "The board, the week, the list and the dialogs pass axe in %s, on desk and phone",
    async (colorScheme) => {
      const stage = await setBoardStage(stack(), 13);
      // The patient has answered by the link in a mail.
      await stack().sql(
        `update appointments set promise = jsonb_build_object('patientId', patient_id, 'locationId', location_id,
           'startsAt', floor(extract(epoch from starts_at) * 1000)) where id = $1`,
        [stage.appointmentId],
      );
      const page = await openAs("staff1", { colorScheme });
      const look = async (name: string) => {
        for (const size of [DESK, PHONE]) {
          await page.setViewportSize(size);
          expect(await violations(page), `${name} at ${size.width} px`).toEqual([]);
        }
        await page.setViewportSize(DESK);
      };
      await page.goto(`/staff/?date=${stage.date}&as=board`);
      const answered = page.getByRole("gridcell", { name: /, will come, 09:00, Dr Alpha/ });
      await cellOf(page, stage.slots[0]["09:00"]).and(answered).click();
      await page.getByText("will come, as answered to our e-mail").waitFor();
      await page.getByRole("button", { name: "History" }).click();
      await look("board with panel");
      await page.getByRole("button", { name: "Move…" }).click();
      await page.getByRole("radio").first().waitFor({ state: "attached" });
      await look("move dialog");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Cancel…" }).click();
      await look("cancel dialog");
      await page.keyboard.press("Escape");
      await page.goto(`/staff/?date=${stage.date}&view=week`);
      await page.getByRole("link", { name: "Dr Aoife Byrne" }).waitFor();
      await look("week");
      await page.goto(`/staff/?date=${stage.date}&view=week&doctor=${stage.doctors[0]}&as=board`);
      await cellOf(page, stage.slots[0]["09:00"]).waitFor();
      await look("week of a doctor");
      await page.goto(`/staff/?date=${stage.date}&as=list`);
      await page.getByRole("button", { name: stage.patient.name }).waitFor();
      await look("list");
    },
  );
});
