import { describe, expect, test } from "vitest";
import { arrive, expectInReach, hasBrowser, look, timeButtons, useBrowser } from "../support/browser.ts";
import { whenReassigned } from "../support/reassigning.ts";
import { freeSlots, useStack } from "../support/stack.ts";

interface Row {
  id: string;
  status: string;
  slot_id: string | null;
  version: number;
  cancelled_by: string | null;
  cancel_code: string | null;
}

describe.skipIf(!hasBrowser)("changing an appointment in a browser", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack, { nearTimes: "closed" });

  /** Books a time some days ahead for a patient who has nothing else. */
  const book = async (account: string): Promise<Row> => {
    const call = await stack().as(account);
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const booked = await call("POST", "/appointments", { holdId: held.body.id, reason: "Back pain" });
    expect(booked.status).toBe(201);
    return await rowOf(booked.body.id);
  };
  const rowOf = async (id: string): Promise<Row> =>
    (await stack().sql<Row & Record<string, unknown>>("select * from appointments where id = $1", [id]))[0]!;
  const set = (id: string, columns: string) =>
    stack().sql(`update appointments set ${columns}, version = version + 1, updated_at = now() where id = $1`, [id]);
  /** The doctor is absent on that day, and all patients are moved. */
  const moveByClinic = async (id: string): Promise<Row> => {
    const [day] = await stack().sql<{ doctorId: string; date: string }>(
      `select s.doctor_id as "doctorId", s.clinic_date::text as date
       from appointments a join slots s on s.id = a.slot_id where a.id = $1`,
      [id],
    );
    const staff = await stack().as("staff1");
    const path = `/doctors/${day?.doctorId}/exceptions`;
    const absence = { kind: "absence", fromDate: day?.date, toDate: day?.date };
    const { body } = await staff("POST", `${path}/preview`, absence);
    await whenReassigned(stack(), await staff("POST", path, { ...absence, previewToken: body.token }));
    const row = await rowOf(id);
    expect(row.status).toBe("moved");
    return row;
  };
  const isFree = async (slotId: string | null) =>
    (await stack().sql("select from slots where id = $1 and appointment_id is null", [slotId])).length === 1;

  test("A patient who chooses another time keeps the old one until they confirm, and then it is free", async () => {
    const before = await book("patient173");
    const page = await openAs("patient173");
    await page.goto("/appointments");
    await page.getByRole("link", { name: /^Change the appointment on/ }).click();
    await arrive(page, "Choose a new time");
    await page.getByText("You keep that time until you have confirmed another.").waitFor();
    await timeButtons(page).first().waitFor();
    await look(page, "change-times");
    await timeButtons(page).nth(3).click();
    await arrive(page, "Check and confirm the change");
    await page.getByText("Until now").waitFor();
    await look(page, "change-check");
    await expectInReach(page, "Confirm the new time", "change-check");
    expect(await rowOf(before.id)).toEqual(before);

    await page.getByRole("button", { name: "Confirm the new time" }).click();
    await arrive(page, "Your appointment is changed");
    await look(page, "changed");
    const after = await rowOf(before.id);
    expect(after.slot_id).not.toBe(before.slot_id);
    expect(after).toMatchObject({ status: "booked", version: before.version + 1 });
    expect(await isFree(before.slot_id)).toBe(true);
  });

  test("Turning back before the confirmation changes nothing and frees the held time", async () => {
    const before = await book("patient174");
    const page = await openAs("patient174");
    await page.goto(`/?change=${before.id}`);
    await timeButtons(page).first().click();
    await arrive(page, "Check and confirm the change");
    await page.getByRole("link", { name: "Choose another time" }).click();
    await arrive(page, "Choose a new time");
    await page.getByRole("link", { name: "Keep it as it is" }).click();
    await arrive(page, "Your appointment");
    expect(await rowOf(before.id)).toEqual(before);
    const held = () =>
      stack().sql("select from slots where held_by = (select patient_id from appointments where id = $1)", [before.id]);
    await expect.poll(held).toEqual([]);
  });

  test("Cancelling states the consequence, takes a reason, and frees the time", async () => {
    const before = await book("patient175");
    const page = await openAs("patient175");
    await page.goto(`/appointments/${before.id}`);
    await page.getByRole("link", { name: /^Cancel the appointment on/ }).waitFor();
    await look(page, "appointment");
    await page.getByRole("link", { name: /^Cancel the appointment on/ }).click();
    await arrive(page, "Cancel this appointment?");
    await page.getByText("Your time is offered to others at once").waitFor();
    await page.getByText("I feel better").click();
    await look(page, "cancel");
    await page.getByRole("button", { name: "Cancel this appointment" }).click();
    await arrive(page, "Your appointment is cancelled");
    await look(page, "cancelled");
    expect(await rowOf(before.id)).toMatchObject({
      status: "cancelled",
      slot_id: null,
      cancelled_by: "patient",
      cancel_code: "better",
    });
    expect(await isFree(before.slot_id)).toBe(true);
  });

  test("Too late for a change: the page names the phone number, and so does the server's refusal", async () => {
    const before = await book("patient176");
    const page = await openAs("patient176");
    await page.goto(`/appointments/${before.id}/cancel`);
    await page.getByRole("button", { name: "Cancel this appointment" }).waitFor();
    await stack().sql("update policy set freeze_hours = 336");
    try {
      await page.getByRole("button", { name: "Cancel this appointment" }).click();
      const refusal = page.getByRole("group", { name: "It is too late to change this online" });
      await refusal.waitFor();
      expect(await refusal.count()).toBe(1);
      expect(await refusal.innerText()).toMatch(/call \+353\s1\s555\s0100/);
      await look(page, "frozen-refused");
      await page.goto("/appointments");
      await page.getByText("It is too late to change this online. Call +353 1 555 0100.").waitFor();
      expect(await page.getByRole("link", { name: /^(Change|Cancel) / }).count()).toBe(0);
      await look(page, "frozen");
    } finally {
      await stack().sql("update policy set freeze_hours = 24");
    }
    expect(await rowOf(before.id)).toEqual(before);
  });

  test("With a spent budget the page says so, and the server's refusal says when a change is possible again", async () => {
    const before = await book("patient177");
    const page = await openAs("patient177");
    await page.goto(`/?change=${before.id}`);
    await timeButtons(page).first().click();
    await page.getByRole("button", { name: "Confirm the new time" }).waitFor();
    await stack().sql(
      `update patients set change_times = array_fill(now() - interval '1 day', array[(select patient_change_budget::int from policy)])
       where id = (select patient_id from appointments where id = $1)`,
      [before.id],
    );
    await page.getByRole("button", { name: "Confirm the new time" }).click();
    const refusal = page.getByRole("group", {
      name: "Your appointments have been changed as often as possible online",
    });
    await refusal.waitFor();
    expect(await refusal.textContent()).toMatch(/again from \w+day \d+ \w+, \d\d:\d\d, or call \+353\s1\s555\s0100/);
    await look(page, "budget-refused");
    await page.goto(`/?change=${before.id}`);
    await page.getByText("You have booked and changed as often as possible online").waitFor();
    expect(await timeButtons(page).count()).toBe(0);

    await set(before.id, "changes_used = 100");
    await page.goto(`/appointments/${before.id}`);
    await page.getByText("It has been changed as often as possible online.").waitFor();
    expect(await page.getByRole("link", { name: /^Change / }).count()).toBe(0);
    await page.getByRole("link", { name: /^Cancel / }).waitFor();
    expect((await rowOf(before.id)).slot_id).toBe(before.slot_id);
  });

  test("If the clinic was faster, nothing is done, the change is shown, and the patient can decide again", async () => {
    const before = await book("patient178");
    const page = await openAs("patient178");
    await page.goto(`/appointments/${before.id}/cancel`);
    await page.getByRole("button", { name: "Cancel this appointment" }).waitFor();

    const staff = await stack().as("staff1");
    const [slot] = await freeSlots(stack(), 1);
    const patientId = (await staff("GET", `/appointments/${before.id}`)).body.patientId as string;
    const held = await staff("POST", "/holds", { slotId: slot?.id, patientId });
    const moved = await staff(
      "POST",
      `/appointments/${before.id}/reschedule`,
      { holdId: held.body.id },
      { "If-Match": '"1"' },
    );
    expect(moved.status).toBe(200);

    await page.getByRole("button", { name: "Cancel this appointment" }).click();
    await page.getByRole("group", { name: "The clinic changed this first" }).waitFor();
    await page.getByText(moved.body.startsAt.slice(11, 16)).first().waitFor();
    await look(page, "version-conflict");
    expect((await rowOf(before.id)).status).toBe("booked");
    await page.getByRole("button", { name: "Cancel this appointment" }).click();
    await arrive(page, "Your appointment is cancelled");
  });

  test("Moved by the clinic: the page shows both times and the deadline, and one press agrees", async () => {
    const before = await moveByClinic((await book("patient179")).id);
    const page = await openAs("patient179");
    await page.goto("/");
    await page.getByText("The clinic moved your appointment to").waitFor();
    await timeButtons(page).first().waitFor();
    await look(page, "times-moved");
    await page.goto("/appointments");
    const notice = page.getByRole("group", { name: "The clinic moved your appointment" });
    await notice.getByText("Your doctor is away at the old time.").waitFor();
    const call = await stack().as("patient179");
    const { startsAt, doctorId, move } = (await call("GET", `/appointments/${before.id}`)).body;
    const doctors: { id: string; name: string }[] = (await call("GET", "/doctors")).body.items;
    const nameOf = (id: string) => doctors.find((one) => one.id === id)?.name ?? "?";
    await notice
      .getByRole("link", { name: nameOf(move.alternatives[1].doctorId) })
      .first()
      .waitFor();
    const [from, to] = await notice.locator("dd").allInnerTexts();
    expect(from).toContain(`, ${move.from.startsAt.slice(11, 16)}, ${nameOf(move.from.doctorId)}`);
    expect(to).toContain(`, ${startsAt.slice(11, 16)}, ${nameOf(doctorId)}`);
    await notice.getByText(/^Please answer by \w+day \d+ \w+, \d\d:\d\d\./).waitFor();
    await look(page, "moved");
    await page.getByRole("button", { name: "That is fine" }).click();
    await page.getByText("Thank you. See you then.").waitFor();
    await look(page, "accepted");
    expect(await rowOf(before.id)).toMatchObject({ status: "booked", slot_id: before.slot_id });
  });

  test("Moved by the clinic: one press holds an alternative, and the clinic's time is kept until the confirmation", async () => {
    const before = await moveByClinic((await book("patient183")).id);
    await stack().sql("update appointments set changes_used = 100 where id = $1", [before.id]);
    const page = await openAs("patient183");
    await page.goto(`/appointments/${before.id}`);
    const others = page.getByRole("group", { name: "Would another time suit you better?" });
    const first = others.getByRole("link").first();
    const { alternatives } = (await (await stack().as("patient183"))("GET", `/appointments/${before.id}`)).body.move;
    expect(await first.getAttribute("href")).toBe(`/hold/new?slot=${alternatives[0].id}&change=${before.id}`);
    await look(page, "moved-one");
    await first.click();
    await arrive(page, "Check and confirm the change");
    await page.getByText("It does not count as a change of yours.").waitFor();
    expect((await rowOf(before.id)).slot_id).toBe(before.slot_id);
    await look(page, "moved-alternative");
    await page.getByRole("button", { name: "Confirm the new time" }).click();
    await arrive(page, "Your appointment is changed");
    expect(await rowOf(before.id)).toMatchObject({ status: "booked", slot_id: alternatives[0].id });
    expect(await isFree(before.slot_id)).toBe(true);
  });

  test("Moved by the clinic: without an answer it stands and can still be answered, within the freeze only by agreeing", async () => {
    const before = await moveByClinic((await book("patient184")).id);
    await stack().sql("update appointments set moved_at = now() - interval '3 days' where id = $1", [before.id]);
    const page = await openAs("patient184");
    await page.goto(`/appointments/${before.id}`);
    await page.getByText("We have not heard from you, so we keep the new time for you.").waitFor();
    await page.getByRole("link", { name: "Choose another time" }).waitFor();
    await look(page, "moved-unconfirmed");
    await stack().sql("update policy set freeze_hours = 336");
    try {
      await page.reload();
      await page.getByText("It is too late to change this online.").waitFor();
      expect(await page.getByRole("link", { name: "Choose another time" }).count()).toBe(0);
      await look(page, "moved-frozen");
      await page.getByRole("button", { name: "That is fine" }).click();
      await page.getByText("Thank you. See you then.").waitFor();
    } finally {
      await stack().sql("update policy set freeze_hours = 24");
    }
    expect(await rowOf(before.id)).toMatchObject({ status: "booked", slot_id: before.slot_id });
  });

  test("Moved by the clinic, or still without a time: the patient can choose another time, which does not count", async () => {
    for (const [account, columns] of [
      ["patient180", "status = 'moved'"],
      ["patient181", "status = 'to-place', slot_id = null"],
    ] as const) {
      const before = await book(account);
      if (columns.includes("to-place")) {
        await stack().sql(
          "update slots set appointment_id = null, status = 'closed', closed_by = 'staff' where id = $1",
          [before.slot_id],
        );
      }
      await set(before.id, `${columns}, changes_used = 100`);
      const page = await openAs(account);
      await page.goto(`/appointments/${before.id}`);
      if (columns.includes("to-place")) {
        await page.getByText("We are finding you a new time").waitFor();
        await look(page, "to-place");
      }
      await page.getByRole("link", { name: /^Choose a(nother)? time/ }).click();
      await arrive(page, "Choose a new time");
      await page.getByRole("button", { name: "Show later dates" }).click();
      await timeButtons(page).last().click();
      await page.getByText("It does not count as a change of yours.").waitFor();
      await look(page, columns.includes("to-place") ? "to-place-check" : "moved-check");
      await page.getByRole("button", { name: "Confirm the new time" }).click();
      await arrive(page, "Your appointment is changed");
      const [row] = await stack().sql("select status, changes_used from appointments where id = $1", [before.id]);
      expect(row).toEqual({ status: "booked", changes_used: 100 });
    }
  });
});
