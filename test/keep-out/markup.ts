import { expect, test } from "vitest";
import { hasBrowser, useBrowser } from "#test/support/browser.ts";
import { type TestStack, freeSlots } from "#test/support/stack.ts";

/** A name that is markup, script, a template and a formula at once. */
const HOSTILE = `<img src=x onerror="hacked=1"><script>hacked=1</script>"'>\${7*7}{{7*7}}`;

/** Screens by account, with what must be read on each as it was typed: some screens show the clinic's name only. */
const SCREENS: Record<string, (ids: Ids) => string[]> = {
  patient: ({ appointment }) => [
    "/",
    "/book/calendar",
    "/appointments",
    `/appointments/${appointment}`,
    "/preferences",
  ],
  doctor: ({ date }) => [`/doctor/day?date=${date}`, `/doctor/week?date=${date}`, `/staff/?date=${date}`],
  staff: ({ date, patient, doctor, operation }) => [
    `/staff/?date=${date}`,
    `/staff/?date=${date}&as=list`,
    `/staff/?date=${date}&view=week`,
    "/staff/today",
    "/staff/patients?q=img",
    `/staff/patients/${patient}`,
    "/staff/openings",
    "/staff/queue",
    "/staff/late",
    "/staff/tasks",
    "/staff/calendar",
    "/staff/calendar/doctors",
    `/staff/calendar/doctors/${doctor}`,
    "/staff/calendar/holidays?year=2034",
    "/staff/calendar/changes",
    `/staff/calendar/changes/${operation}`,
    "/staff/clinic",
    "/staff/clinic/staff",
    "/staff/clinic/api",
    "/staff/clinic/audit",
  ],
};

interface Ids {
  date: string;
  patient: string;
  appointment: string;
  doctor: string;
  operation: string;
}

/** Every screen with a hostile text wherever the clinic, its staff or a patient can type one. */
export function markup(stack: () => TestStack): void {
  const { openAs } = useBrowser(stack);

  test.runIf(hasBrowser)(
    "A name that is markup or script is text on every screen of patients, doctors and staff",
    async () => {
      const patient = await stack().newPatient();
      const ids = await hostileClinic(stack(), patient.account, patient.id);
      const found: string[] = [];
      for (const [role, screensOf] of Object.entries(SCREENS)) {
        const page = await openAs({ patient: patient.account, doctor: "doctor1", staff: "staff1" }[role]!);
        for (const screen of screensOf(ids)) {
          await page.goto(screen);
          // The clinic's name is in the head of each screen.
          await page.getByText("<img src=x").first().waitFor();
          await page
            .locator("[aria-busy=true]")
            .waitFor({ state: "detached" })
            .catch(() => undefined);
          const made = await page.evaluate(() => [
            ...[...document.querySelectorAll('img[src="x"]')].map(() => "an image"),
            ...("hacked" in globalThis ? ["a script"] : []),
            ...(/49\{\{|\{\{49|49\}\}/.test(document.body.innerText) ? ["a template"] : []),
          ]);
          found.push(...made.map((what) => `${screen}: ${what}`));
        }
        await page.context().close();
      }
      expect(found).toEqual([]);
    },
  );
}

/** Types the text everywhere, past the rules that would refuse some of it. */
async function hostileClinic(stack: TestStack, account: string, patient: string): Promise<Ids> {
  const call = await stack.as(account);
  const [doctor] = await stack.sql<{ id: string }>(
    "select d.id from doctors d join people p on p.id = d.person_id where p.subject = 'auth0|doctor1'",
  );
  const slot = (await freeSlots(stack, 200)).find(({ doctorId }) => doctorId === doctor?.id);
  const held = await call("POST", "/holds", { slotId: slot?.id });
  const { status, body } = await call("POST", "/appointments", { holdId: held.body.id, reason: HOSTILE });
  expect(status).toBe(201);
  const holiday = await (await stack.as("staff1"))("POST", "/holidays", { date: "2034-02-02", name: HOSTILE });
  for (const change of [
    "update clinic set name = $1",
    "update locations set name = $1 || name, address = $1",
    "update doctors set name = $1 || name, specialty = $1",
    "update people set name = $1 || name",
    "update patients set name = $1 || name",
    "update api_clients set name = $1 || name",
  ]) {
    await stack.sql(change, [HOSTILE]);
  }
  await stack.sql("insert into tasks (kind, patient_id) values ('no-address', $1)", [patient]);
  const operation = /operations\/([0-9a-f-]+)/.exec(holiday.headers.get("Link") ?? "")?.[1] ?? "";
  return { date: body.startsAt.slice(0, 10), patient, appointment: body.id, doctor: doctor?.id ?? "", operation };
}
