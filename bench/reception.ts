import { type Page, chromium } from "playwright-core";
import { findChromium } from "#dev/chromium.ts";
import { startBenchStack } from "./bench-stack.ts";
import { type Morning, setMorning } from "./reception-stage.ts";
import { judged, table } from "./report.ts";

const GOALS = { clicks: 45, clicksOfOne: 6, seconds: 60 };

interface Task {
  name: string;
  clicks: number;
  keys: number;
  seconds: number;
}

/**
 * B2: a receptionist's morning on the whole stack, in Chromium, by the screens of the staff app. Counted are presses of the mouse
 * and of keys; typing a name is one key a letter. The seconds are those from a task's first press to what it shows at its end.
 */
export async function reception(): Promise<void> {
  const stack = await startBenchStack(0);
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    const morning = await setMorning(stack);
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      baseURL: stack.urls.patientApp,
    });
    await context.addCookies([await morning.cookie()]);
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const count = { clicks: 0, keys: 0 };
    await page.exposeFunction("counted", (what: keyof typeof count) => count[what]++);
    await page.addInitScript(() => {
      const { counted } = globalThis as unknown as { counted: (what: string) => void };
      addEventListener("pointerdown", () => counted("clicks"), true);
      addEventListener("keydown", () => counted("keys"), true);
    });
    const tasks: Task[] = [];
    await page.goto(`/staff/?as=board&date=${morning.later}`);
    await page.locator(`[data-cell="${morning.slots.drag}"]`).waitFor();
    for (const [name, work] of tasksOf(page, morning)) {
      const before = { ...count };
      const began = performance.now();
      await work();
      const seconds = (performance.now() - began) / 1000;
      // Once the page answers, all its counted presses have arrived.
      await page.evaluate(() => true);
      tasks.push({ name, clicks: count.clicks - before.clicks, keys: count.keys - before.keys, seconds });
    }
    report(tasks);
  } finally {
    await browser.close();
    await stack.close();
  }
}

function report(tasks: Task[]): void {
  const sum = (of: (task: Task) => number) => tasks.reduce((total, task) => total + of(task), 0);
  const total = {
    clicks: sum(({ clicks }) => clicks),
    keys: sum(({ keys }) => keys),
    seconds: sum(({ seconds }) => seconds),
  };
  table([
    ["Task", "Clicks", "Keys", "Seconds"],
    ...[...tasks, { name: `All ${tasks.length}`, ...total }].map(({ name, clicks, keys, seconds }) => [
      name,
      clicks,
      keys,
      seconds.toFixed(1),
    ]),
  ]);
  console.log(`clicks in all: ${judged(total.clicks, GOALS.clicks)}`);
  console.log(`clicks of one task: ${judged(Math.max(...tasks.map(({ clicks }) => clicks)), GOALS.clicksOfOne)}`);
  console.log(`seconds in all: ${judged(total.seconds, GOALS.seconds)}`);
}

/** The morning's tasks, in the order in which they come. */
function tasksOf(page: Page, { later, today, slots, names }: Morning): [name: string, work: () => Promise<void>][] {
  const cell = (slot: string | undefined) => page.locator(`[data-cell="${slot}"]`);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Puts the keyboard's focus on a cell of the board: a press, and Escape from the details. */
  const goTo = async (slot: string | undefined) => {
    await cell(slot).click();
    await page.getByRole("complementary", { name: "Details" }).locator("h2:focus").waitFor();
    await press("Escape");
    await cell(slot).and(page.locator(":focus")).waitFor();
  };
  const toScreen = (name: string | RegExp) =>
    page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name });
  const findPatient = async (name: string) => {
    await press("/");
    await page.getByRole("searchbox").and(page.locator(":focus")).waitFor();
    // The text of the search before is typed over.
    await press("Control+a");
    await page.keyboard.type(name);
    await page
      .getByRole("button", { name: new RegExp(`^${name}`) })
      .first()
      .waitFor();
    await press("ArrowDown", "Enter");
    await page.getByRole("heading", { level: 1, name }).waitFor();
  };
  const confirm = async () => {
    await page.getByText(/^Held until/).waitFor();
    await press("Enter");
    await page.getByText("Booked", { exact: true }).waitFor();
  };
  const firstOpening = () => page.getByRole("button", { name: /^\d\d:\d\d/ }).first();
  const placed = () => page.getByText(/ is placed: /);
  return [
    [
      "Find a patient and book",
      async () => {
        await findPatient(names.books);
        await page.getByRole("button", { name: "Book an appointment" }).click();
        await firstOpening().click();
        await confirm();
      },
    ],
    [
      "Book again from an old appointment",
      async () => {
        await findPatient(names.again);
        await page
          .getByRole("button", { name: /^Book again/ })
          .first()
          .click();
        await firstOpening().click();
        await confirm();
      },
    ],
    [
      "A walk-in without a record, today",
      async () => {
        await press("/");
        await page.getByRole("searchbox").and(page.locator(":focus")).waitFor();
        await press("Control+a");
        await page.keyboard.type(names.walksIn);
        await page.getByText("No patient was found.").waitFor();
        await page.getByRole("button", { name: "New patient" }).click();
        await press("Tab");
        await page.keyboard.type("02031991");
        await press("Enter");
        await page.getByRole("heading", { level: 1, name: names.walksIn }).waitFor();
        await page.getByRole("button", { name: "Book an appointment" }).click();
        await firstOpening().click();
        await confirm();
      },
    ],
    [
      "Cancel for a patient who calls",
      async () => {
        await findPatient(names.cancels);
        await page
          .getByRole("button", { name: /^Cancel / })
          .first()
          .click();
        await page.getByRole("dialog").getByRole("button", { name: "Cancel this appointment" }).click();
        await page.getByText("The appointment is cancelled").waitFor();
      },
    ],
    [
      "Move by dragging",
      async () => {
        await page.goto(`/staff/?as=board&date=${later}`);
        const [from, to] = [cell(slots.drag), cell(slots.dragTo)];
        await from.waitFor();
        await to.scrollIntoViewIfNeeded();
        const [start, end] = [await from.boundingBox(), await to.boundingBox()];
        if (!start || !end) throw new Error("The board does not show the two times.");
        await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2);
        await page.mouse.down();
        await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 6 });
        await page.mouse.up();
        await page
          .getByText(/moved to /)
          .first()
          .waitFor();
      },
    ],
    [
      "Move by keys",
      async () => {
        await goTo(slots.keys);
        await press("m", "ArrowDown", "ArrowDown", "Enter");
        await page.locator(`[data-cell="${slots.keysTo}"]:focus`).waitFor();
      },
    ],
    [
      "Three arrivals",
      async () => {
        await page.goto(`/staff/?as=board&date=${today}`);
        await cell(slots.arrivals[0]).waitFor();
        await goTo(slots.arrivals[0]);
        for (const slot of slots.arrivals) {
          await press("a");
          await cell(slot).and(page.locator('[data-state="arrived"]')).waitFor();
          await press("ArrowDown");
        }
      },
    ],
    [
      "A patient who did not come",
      async () => {
        await cell(slots.absent).click();
        await page
          .getByRole("complementary", { name: "Details" })
          .getByRole("button", { name: /did not come|no-show/i })
          .click();
        await cell(slots.absent).and(page.locator('[data-state="no-show"]')).waitFor();
      },
    ],
    [
      "Call a patient of the queue later",
      async () => {
        await toScreen(/^To place/).click();
        await page.getByRole("radio").first().waitFor();
        await press("l");
        await page.getByRole("dialog", { name: "Call later" }).waitFor();
        await press("Enter");
        await page.getByText("To be called again.").waitFor();
      },
    ],
    ...Array.from({ length: 5 }, (_, n): [string, () => Promise<void>] => [
      `Place a case (${n + 1} of 5)`,
      async () => {
        const before = (await placed().allTextContents())[0] ?? null;
        await page.getByRole("radio").first().waitFor();
        await page.getByRole("button", { name: "Place and next" }).click();
        await page.waitForFunction(
          (text) =>
            [...document.querySelectorAll("output")].some(
              (one) => / is placed: /.test(one.textContent ?? "") && one.textContent !== text,
            ),
          before,
        );
      },
    ]),
    [
      "Place what a late doctor's lost half session left (4)",
      async () => {
        await page.getByRole("checkbox", { name: "All" }).click();
        await page.getByRole("button", { name: /^Place best match for/ }).click();
        await page.getByText(/^\d+ of \d+ placed$/).waitFor();
      },
    ],
  ];
}
