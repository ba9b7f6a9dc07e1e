import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { arrive, hasBrowser, look, useBrowser } from "../support/browser.ts";
import type { OwnPatient } from "../support/patients.ts";
import { type Api, useStack } from "../support/stack.ts";

const SCHEMES = ["light", "dark"] as const;

describe.skipIf(!hasBrowser)("the desk of the staff app", () => {
  const stack = useStack();
  const { openAs } = useBrowser(stack);
  let staff: Api;
  let patients: OwnPatient[];
  let doctor = "";
  let location = "";
  const NAMES = [
    "Saoirse Testerton",
    "Oisín Testerton",
    "Nuala Quince",
    "Fintan Quince",
    "Maeve Quince",
    "Rory Quince",
  ];

  beforeAll(async () => {
    staff = await stack().as("staff1");
    patients = await stack().newPatients(14);
    for (const [n, name] of NAMES.entries()) {
      await stack().sql("update patients set name = $2, phone = '+353 1 555 0142' where id = $1", [
        patients[n]?.id,
        name,
      ]);
    }
    const [row] = await stack().sql<{ doctor: string; location: string }>(
      `insert into doctors (name, specialty) values ('Dr Desk', 'Desk medicine')
       returning id as doctor, (select id from locations order by id limit 1) as location`,
    );
    doctor = row?.doctor ?? "";
    location = row?.location ?? "";
    // Three free times on each of twelve days, at ten in the morning and after.
    await stack().sql(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
       select $1, $2, x.at, x.at + interval '15 minutes', (x.at at time zone 'Europe/Dublin')::date, 'staff'
       from (
         select ((now() at time zone 'Europe/Dublin')::date + d + make_interval(hours => 10, mins => 15 * n))
           at time zone 'Europe/Dublin' as at
         from generate_series(3, 14) d, generate_series(0, 2) n) x`,
      [doctor, location],
    );
  });

  /** Appointments that lost their slot in three days, each with its case; answers the cases. */
  async function displaced(from: number, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (const patient of patients.slice(from, from + count)) {
      const [row] = await stack().sql<{ id: string }>(
        `with a as (
           insert into appointments (patient_id, doctor_id, location_id, starts_at, ends_at, status)
           select $1, $2, $3, x.at, x.at + interval '15 minutes', 'to-place'
           from (select now() + interval '3 days' + make_interval(mins => $4::int) as at) x returning id, starts_at)
         insert into cases (appointment_id, reason, request_id, due_at, why)
         select id, 'holiday', 'test', starts_at - interval '2 days', '{"code": "frozen"}' from a returning id`,
        [patient.id, doctor, location, ids.length],
      );
      ids.push(row?.id ?? "");
    }
    return ids;
  }

  /** Counts the clicks on a page from here on. */
  async function counting(page: Page): Promise<() => Promise<number>> {
    await page.evaluate(() => {
      const counted = globalThis as unknown as { clicks: number };
      counted.clicks = 0;
      addEventListener("click", (event) => (counted.clicks += event.detail > 0 ? 1 : 0), true);
    });
    return () => page.evaluate(() => (globalThis as unknown as { clicks: number }).clicks);
  }
  const appointmentsOf = async (patientId: string | undefined) =>
    (await staff("GET", `/appointments?patientId=${patientId}`)).body.items as { status: string; startsAt: string }[];

  test("Staff find a patient by a misspelt name and book in at most six clicks", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/patients");
    const clicks = await counting(page);
    await page.getByRole("searchbox").click();
    await page.keyboard.type("soairse testerton");
    await page.getByRole("button", { name: /^Saoirse Testerton/ }).click();
    await arrive(page, "Saoirse Testerton");
    await page.getByRole("button", { name: "Book an appointment" }).click();
    await arrive(page, "Next openings");
    await page.getByRole("region", { name: "Acting for" }).getByText("Saoirse Testerton").waitFor();
    await page.getByLabel("Doctor or specialty").selectOption({ label: "Dr Desk" });
    await page
      .getByRole("button", { name: /Dr Desk/ })
      .nth(1)
      .click();
    const dialog = page.getByRole("dialog", { name: "Check and confirm" });
    await dialog.getByText(/^Held until \d\d:\d\d\.$/).waitFor();
    await page.keyboard.type("A cough");
    await dialog.getByRole("button", { name: "Confirm the appointment" }).click();
    await page.getByText("Saoirse Testerton, ").first().waitFor();
    await page.getByText("Booked", { exact: true }).waitFor();
    expect(await clicks()).toBeLessThanOrEqual(6);
    expect(await appointmentsOf(patients[0]?.id)).toMatchObject([{ status: "booked", reason: "A cough" }]);
  });

  test("By keyboard alone: search, record, next openings, confirm", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/today");
    await page.getByRole("link", { name: "Patients" }).waitFor();
    await page.keyboard.press("/");
    await page.getByRole("searchbox").waitFor();
    await page.keyboard.type("testerton oisin");
    await page.getByRole("button", { name: /^Oisín Testerton/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await arrive(page, "Oisín Testerton");
    await tabTo(page, "Book an appointment");
    await page.keyboard.press("Enter");
    await arrive(page, "Next openings");
    await page
      .getByRole("button", { name: /^\d\d:\d\d/ })
      .first()
      .waitFor();
    await tabTo(page, /^\d\d:\d\d/);
    await page.keyboard.press("Enter");
    await page.getByText(/^Held until/).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Booked", { exact: true }).waitFor();
    expect(await appointmentsOf(patients[1]?.id)).toHaveLength(1);
  });

  test("Another appointment then is a rule that staff set aside with a reason; a lost race shows three other times", async () => {
    const page = await openAs("staff1");
    const other = (await stack().newPatients(1))[0];
    await page.goto(`/staff/patients/${patients[2]?.id}`);
    await page.getByRole("button", { name: "Book an appointment" }).click();
    await page.getByLabel("Doctor or specialty").selectOption({ label: "Dr Desk" });
    await page
      .getByRole("button", { name: /Dr Desk/ })
      .nth(3)
      .click();
    const dialog = page.getByRole("dialog", { name: "Check and confirm" });
    await dialog.getByText(/^Held until/).waitFor();
    // While it is held the patient books the same hour elsewhere.
    await overlap(patients[2]?.id ?? "");
    await page.keyboard.press("Enter");
    await dialog.getByText("Nuala Quince has another appointment at that time.").waitFor();
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await look(page, `staff-book-rule-${colorScheme}`);
    }
    await dialog.getByLabel(/^Why it is right all the same/).fill("Both doctors know");
    await page.keyboard.press("Enter");
    await page.getByText("Booked", { exact: true }).waitFor();

    await page
      .getByRole("button", { name: /Dr Desk/ })
      .nth(4)
      .waitFor();
    const taken = await page
      .getByRole("button", { name: /Dr Desk/ })
      .nth(4)
      .textContent();
    const openings = (await staff("GET", `/openings?doctorId=${doctor}&patientId=${patients[2]?.id}`)).body.items;
    const slotId = openings[4].slot.id as string;
    expect(taken).toContain(openings[4].slot.startsAt.slice(11, 16));
    const held = await staff("POST", "/holds", { slotId, patientId: other?.id });
    expect((await staff("POST", "/appointments", { holdId: held.body.id, patientId: other?.id })).status).toBe(201);
    await page
      .getByRole("button", { name: /Dr Desk/ })
      .nth(4)
      .click();
    await dialog.getByText("That time has just been taken").waitFor();
    expect(await dialog.getByRole("button", { name: /^\d\d:\d\d/ }).count()).toBe(3);
    await dialog
      .getByRole("button", { name: /^\d\d:\d\d/ })
      .first()
      .click();
    await dialog.getByText(/^Held until/).waitFor();
    await page.keyboard.press("Escape");
    await expect
      .poll(() => stack().sql("select id from slots where held_by = $1 and hold_expires_at > now()", [patients[2]?.id]))
      .toEqual([]);
  });

  /** The patient gets another appointment at the time that is held for them. */
  async function overlap(patientId: string): Promise<void> {
    await stack().sql(
      `with s as (
         select starts_at, ends_at, location_id from slots where held_by = $1 and hold_expires_at > now()),
       d as (insert into doctors (name, specialty) values ('Dr Elsewhere', 'Elsewhere') returning id),
       n as (
         insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
         select d.id, s.location_id, s.starts_at, s.ends_at, (s.starts_at at time zone 'Europe/Dublin')::date, 'staff'
         from s, d returning id, doctor_id, location_id, starts_at, ends_at),
       a as (
         insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
         select $1, doctor_id, location_id, id, starts_at, ends_at from n returning id, slot_id)
       select id from a`,
      [patientId],
    );
    await stack().sql(
      "update slots s set appointment_id = a.id from appointments a where a.slot_id = s.id and s.appointment_id is null",
    );
  }

  test("A new patient is created on the spot; one of the same name is shown first", async () => {
    const page = await openAs("staff1");
    await page.goto("/staff/patients?q=Maeve%20Quince");
    await page.getByRole("button", { name: "New patient" }).click();
    const dialog = page.getByRole("dialog", { name: "New patient" });
    await dialog.getByLabel("Date of birth").fill("1991-02-03");
    await dialog.getByRole("button", { name: "Create the record" }).click();
    await dialog.getByText("Is it one of these?").waitFor();
    await dialog.getByRole("button", { name: /^Maeve Quince/ }).waitFor();
    await look(page, "staff-duplicate");
    await dialog.getByRole("button", { name: "It is another patient: create" }).click();
    await arrive(page, "Maeve Quince");
    await page.getByText("3 February 1991").waitFor();
  });

  test("Booking again, moving and cancelling with whose reason it is, from the record", async () => {
    const page = await openAs("staff1");
    const patient = patients[3];
    const [slot] = (await staff("GET", `/openings?doctorId=${doctor}`)).body.items;
    const held = await staff("POST", "/holds", { slotId: slot.slot.id, patientId: patient?.id });
    await staff("POST", "/appointments", { holdId: held.body.id, patientId: patient?.id });
    await page.goto(`/staff/patients/${patient?.id}`);
    await page.getByRole("button", { name: /^Move / }).click();
    await arrive(page, "Move to a new time");
    await page
      .getByRole("button", { name: /Dr Desk/ })
      .nth(5)
      .click();
    await page.getByText(/^Held until/).waitFor();
    await page.getByRole("button", { name: "Move it" }).click();
    await page.getByText("Booked", { exact: true }).waitFor();
    expect((await appointmentsOf(patient?.id)).map(({ startsAt }) => startsAt)).not.toContain(slot.slot.startsAt);
    await page.getByRole("region", { name: "Acting for" }).getByRole("link", { name: "Record" }).click();
    await page.getByRole("button", { name: /^Cancel / }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel the appointment" });
    await dialog.getByLabel("Why").selectOption({ label: "booked in error" });
    await dialog.getByRole("button", { name: "Cancel this appointment" }).click();
    await page.getByText("The appointment is cancelled").waitFor();
    expect(await appointmentsOf(patient?.id)).toMatchObject([
      { status: "cancelled", cancellation: { by: "clinic", code: "booked-in-error" } },
    ]);
    await page
      .getByRole("button", { name: /^Book again/ })
      .first()
      .click();
    await arrive(page, "Next openings");
    expect(new URL(page.url()).searchParams.get("doctorId")).toBe(doctor);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("region", { name: "Acting for" }).waitFor({ state: "detached" });
  });

  test("Five cases are placed with at most two clicks each, or by keys. A colleague's claim is shown with its end", async () => {
    const ids = await displaced(4, 7);
    const page = await openAs("staff1");
    await page.goto("/staff/queue");
    await page.getByRole("button", { name: "Place and next" }).waitFor();
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await look(page, `staff-queue-${colorScheme}`);
    }
    const sam = await stack().as("staff2");
    const claimed = await sam("POST", `/cases/${ids[6]}/claim`, {}, { "If-Match": '"1"' });
    expect(claimed.status).toBe(200);
    await page.getByText(/^claimed by Gearóid Mac Cárthaigh until \d\d:\d\d$/).waitFor();

    const clicks = await counting(page);
    const said = page.locator("output").first();
    const placed = async (patient: number) => {
      const name = patient < NAMES.length ? NAMES[patient] : `Own${patient + 1} Patient`;
      await said.getByText(`${name} is placed`).waitFor();
    };
    await page.getByRole("button", { name: "Place and next" }).click();
    await placed(4);
    await page.getByRole("radio").nth(2).click();
    await page.getByRole("button", { name: "Place and next" }).click();
    await placed(5);
    expect(await clicks()).toBeLessThanOrEqual(4);

    // By keys: the third with its second time, the next one with its best, and one is called later.
    await page.getByRole("radio").first().waitFor();
    await page.locator("h1").focus();
    await page.keyboard.press("2");
    await expect.poll(() => page.getByRole("radio").nth(1).isChecked()).toBe(true);
    await page.keyboard.press("Enter");
    await placed(6);
    await page.getByRole("radio").first().waitFor();
    await page.keyboard.press("Enter");
    await placed(7);
    await page.getByRole("radio").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("l");
    await page.getByRole("dialog", { name: "Call later" }).waitFor();
    await page.keyboard.press("Enter");
    await said.getByText("To be called again.").waitFor();
    await page.getByText(/^call again at \d\d:\d\d$/).waitFor();

    // All that is left of ours at once, but for the one that a colleague works on.
    await page.getByRole("checkbox", { name: "All" }).click();
    await page.getByRole("button", { name: /^Place best match for/ }).click();
    await page.getByText(/a colleague works on it/).waitFor();
    const now = await stack().sql<{ status: string }>("select status from cases where id = any($1)", [ids]);
    expect(now.filter(({ status }) => status === "placed")).toHaveLength(6);

    await page.getByRole("button", { name: /^Done today/ }).click();
    await page.getByText("placed", { exact: true }).first().waitFor();
    expect(await page.getByText("placed", { exact: true }).count()).toBe(6);
  });

  test("A case without a reachable patient is marked, and its appointment cancelled with a reason", async () => {
    const [id] = await displaced(12, 1);
    await stack().sql("update patients set email = null, phone = null where id = $1", [patients[12]?.id]);
    const page = await openAs("staff1");
    await page.goto(`/staff/queue?id=${id}`);
    await page.getByText("This patient cannot be reached").waitFor();
    await page.getByText("Some patients cannot be reached").waitFor();
    await page.getByRole("button", { name: "Cancel appointment…" }).click();
    await page.getByRole("dialog").getByLabel("Why").selectOption({ label: "has died" });
    await page.getByRole("dialog").getByRole("button", { name: "Cancel this appointment" }).click();
    await page.getByText("The appointment is cancelled").waitFor();
    expect(await appointmentsOf(patients[12]?.id)).toMatchObject([
      { status: "cancelled", cancellation: { by: "patient", code: "deceased" } },
    ]);
  });

  test("A late opening goes to the patient who agrees; today at a glance says who waits", async () => {
    const [slot] = await stack().sql<{ id: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin, late_opening)
       select $1, $2, now() + interval '3 hours', now() + interval '195 minutes',
         ((now() + interval '3 hours') at time zone 'Europe/Dublin')::date, 'staff', true returning id`,
      [doctor, location],
    );
    const page = await openAs("staff1");
    await page.goto("/staff/late");
    const card = page.getByRole("region", { name: /Dr Desk$/ });
    await card
      .getByRole("button", { name: /^Agrees: give it/ })
      .first()
      .waitFor();
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await look(page, `staff-late-${colorScheme}`);
    }
    // A colleague works on the first of them.
    await card
      .getByRole("button", { name: /^Agrees: give it/ })
      .nth(1)
      .click();
    await page.getByText("Given away").waitFor();
    const [taken] = await stack().sql<{ taken: boolean }>(
      "select appointment_id is not null as taken from slots where id = $1",
      [slot?.id],
    );
    expect(taken).toEqual({ taken: true });
    await stack().sql(
      `with s as (
         insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
         select $1, $2, now(), now() + interval '5 minutes', (now() at time zone 'Europe/Dublin')::date, 'staff'
         returning id, doctor_id, location_id, starts_at, ends_at)
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, status, updated_at)
       select $3, doctor_id, location_id, id, starts_at, ends_at, 'arrived', now() - interval '7 minutes' from s`,
      [doctor, location, patients[13]?.id],
    );
    await page.goto("/staff/today");
    await page.getByText("still to come").waitFor();
    const waiting = page.getByRole("region", { name: "Waiting now" }).getByRole("listitem");
    expect(await waiting.filter({ hasText: "Own14 Patient" }).textContent()).toMatch(/waits [78] min$/);
    await page.getByRole("table", { name: "The last weeks" }).waitFor();
  });

  test.each(SCHEMES)(
    "Every screen of the desk passes axe at both widths, in the %s scheme and in German",
    async (colorScheme) => {
      const page = await openAs("staff1", { colorScheme, locale: "de-DE" });
      await page.goto("/staff/patients?q=quince");
      await page.getByRole("button", { name: /^Fintan Quince/ }).waitFor();
      await look(page, `staff-patients-${colorScheme}`);
      await page.getByRole("button", { name: /^Fintan Quince/ }).click();
      await arrive(page, "Fintan Quince");
      await page
        .getByRole("button", { name: /^Wieder buchen/ })
        .first()
        .waitFor();
      await look(page, `staff-record-${colorScheme}`);
      await page.getByRole("button", { name: "Termin buchen" }).click();
      await arrive(page, "Nächste freie Zeiten");
      await page
        .getByRole("button", { name: /^\d\d:\d\d/ })
        .first()
        .waitFor();
      await look(page, `staff-openings-${colorScheme}`);
      await page
        .getByRole("button", { name: /^\d\d:\d\d/ })
        .first()
        .click();
      await page.getByText(/^Reserviert bis/).waitFor();
      await look(page, `staff-book-${colorScheme}`);
      await page.keyboard.press("Escape");
      await page.goto("/staff/today");
      await page.getByRole("table").waitFor();
      await look(page, `staff-today-${colorScheme}`);
    },
  );
});

/** Goes on with Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate(() => document.activeElement?.textContent ?? "");
    if (typeof name === "string" ? text === name : name.test(text)) return;
  }
  throw new Error(`Tab does not lead to ${String(name)}`);
}
