import { simpleParser } from "mailparser";
import { beforeAll, describe, expect, test } from "vitest";
import { sealMailLink } from "#adapters/mail-links.ts";
import { freeSlots, useStack } from "../support/stack.ts";

interface StoredMail {
  messageId: string;
  destination?: { to?: string[] };
}

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };
const formIn = (html: string) => /name="form" value="([^"]+)"/.exec(html)?.[1] ?? "";

describe("answering a mail by its links", () => {
  const stack = useStack();
  beforeAll(async () => {
    await stack().sql("update policy set quiet_seconds = 0, max_delay_seconds = 0");
  });

  /** Books for a patient of the test's own, and reads the links in the mail. */
  const booked = async () => {
    const patient = await stack().newPatient();
    const call = await stack().as(patient.account);
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const { status, body } = await call("POST", "/appointments", {
      holdId: held.body.id,
      reason: "SECRET-REASON-CANARY",
    });
    expect(status).toBe(201);
    const mails = async () => {
      const store = (await (await fetch(new URL("/store", stack().urls.inbox))).json()) as { emails: StoredMail[] };
      return store.emails.filter(({ destination }) => destination?.to?.includes(patient.email));
    };
    await expect.poll(async () => (await mails()).length, { timeout: 30_000 }).toBe(1);
    const [mail] = await mails();
    const raw = await (await fetch(new URL(`/messages/${mail?.messageId}/raw`, stack().urls.inbox))).text();
    const { text = "" } = await simpleParser(raw);
    const link = (label: string) => new RegExp(`^${label}: (\\S+/links/\\S+)`, "m").exec(text)?.[1] ?? "";
    const told = { startsAt: Date.parse(body.startsAt), locationId: body.locationId as string };
    const content = { appointmentId: body.id as string, patientId: patient.id, told };
    return { ...content, patient, come: link("I will come"), cancel: link("Cancel the appointment") };
  };
  const sealed = async (content: Parameters<typeof sealMailLink>[1], secret = String(stack().env["LINK_SECRET"])) =>
    `${String(stack().env.PUBLIC_URL)}/links/${await sealMailLink(secret, content)}`;
  /** All that a press could change. */
  const stateOf = async (id: string) =>
    stack().sql(
      `select a.status, a.version, a.promise, (select count(*)::int from audit u where u.entity_id = a.id) as trail,
         (select cardinality(p.change_times) from patients p where p.id = a.patient_id) as changes
       from appointments a where a.id = $1`,
      [id],
    );
  const press = async (url: string) => {
    const form = formIn(await (await fetch(url)).text());
    return fetch(url, { method: "POST", headers: FORM, body: new URLSearchParams({ form }), redirect: "error" });
  };

  test("Fifty ways in which mail scanners open the links change nothing", async () => {
    const { appointmentId, patientId, told, come, cancel } = await booked();
    expect(come).toMatch(/\/links\/[\w-]{114}$/);
    expect(cancel).toMatch(/\/links\/[\w-]{114}$/);
    for (const secret of [appointmentId, patientId, patientId.replaceAll("-", "")]) expect(come).not.toContain(secret);
    const fine = await sealed({ purpose: "fine", appointmentId, patientId, told });
    const before = await stateOf(appointmentId);
    const visits: [string, RequestInit][] = [come, cancel, fine].flatMap((url): [string, RequestInit][] => [
      [url, {}],
      [url, { method: "HEAD" }],
      [url, { headers: { "Sec-Purpose": "prefetch" } }],
      [url, { headers: { "Sec-Purpose": "prefetch;prerender" } }],
      [url, { headers: { Purpose: "prefetch", "X-Moz": "prefetch" } }],
      [url, { headers: { "User-Agent": "Mozilla/5.0 (compatible; SafeLinks)", Range: "bytes=0-99" } }],
      [`${url}?utm_source=mail`, {}],
      [`${url}?form=${formIn(url)}`, {}],
      [url, { method: "OPTIONS" }],
      [url, { method: "PUT", body: "form=1" }],
      [url, { method: "POST" }],
      [url, { method: "POST", headers: FORM, body: "" }],
      [url, { method: "POST", headers: FORM, body: "List-Unsubscribe=One-Click" }],
      [url, { method: "POST", headers: FORM, body: `form=1.${"A".repeat(43)}` }],
      [url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ form: "1" }) }],
      [url, { method: "POST", headers: { "Content-Type": "text/plain" }, body: "form=1" }],
      [url, { method: "DELETE" }],
    ]);
    expect(visits.length).toBeGreaterThanOrEqual(50);
    for (const [at, [url, init]] of visits.entries()) {
      const { status, headers } = await fetch(url, init);
      await expect.soft(stateOf(appointmentId), `visit ${at}, ${init.method}`).resolves.toEqual(before);
      if (init.method === undefined || init.method === "HEAD") expect(status).toBe(200);
      expect(headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(headers.get("Cache-Control")).toMatch(/no-store/);
    }
    const page = await fetch(come);
    expect(page.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'; .*form-action 'self'/);
    const html = await page.text();
    expect(html.match(/<button>/g)).toHaveLength(1);
    expect(html).not.toMatch(/SECRET-REASON-CANARY|Own\d+ Patient/);
    const token = come.split("/").at(-1) ?? "";
    expect(stack().log.filter((line) => line.includes(token))).toEqual([]);
  });

  test("The link and one press say that the patient will come, and staff see it on the board", async () => {
    const { appointmentId, told, come } = await booked();
    const done = await press(come);
    expect(done.status).toBe(200);
    expect(await done.text()).toContain("Thank you: we expect you");
    const date = new Date(told.startsAt).toISOString().slice(0, 10);
    const board = await (await stack().as("staff1"))("GET", `/board?from=${date}&to=${date}`);
    expect(board.body.appointments.find(({ id }: { id: string }) => id === appointmentId).willCome).toBe(true);
    // The link goes on to say what is true.
    const again = await (await fetch(come)).text();
    expect(again).toContain("Thank you: we expect you");
    expect(again).not.toContain("<button>");
  });

  test("A cancellation needs its form, frees the time and notifies; then all links say that it is cancelled", async () => {
    const { appointmentId, patientId, told, come, cancel } = await booked();
    const opened = formIn(await (await fetch(come)).text());
    const done = await press(cancel);
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("Your appointment is cancelled")]);
    expect(await stateOf(appointmentId)).toMatchObject([{ status: "cancelled", changes: 1 }]);
    const fine = await sealed({ purpose: "fine", appointmentId, patientId, told });
    for (const url of [come, cancel, fine]) {
      const html = await (await fetch(url)).text();
      expect(html).toContain("Your appointment is cancelled");
      expect(html).not.toContain("<button>");
    }
    // The page that was open before the cancellation does nothing now.
    const late = await fetch(come, { method: "POST", headers: FORM, body: new URLSearchParams({ form: opened }) });
    expect(late.status).toBe(409);
    const [outbox] = await stack().sql<{ told: string }>(
      "select last_notified ->> 'state' as told from outbox where appointment_id = $1",
      [appointmentId],
    );
    expect(outbox).toBeDefined();
  });

  test("The clinic's move is agreed to by its link, in the patient's language", async () => {
    const { appointmentId, patientId, told } = await booked();
    await stack().sql("update patients set language = 'de' where id = $1", [patientId]);
    await stack().sql(
      `update appointments set status = 'moved', moved_at = now(), version = version + 1, moved_from = jsonb_build_object(
         'doctorId', doctor_id, 'locationId', location_id, 'startsAt', 0, 'endsAt', 900000) where id = $1`,
      [appointmentId],
    );
    const fine = await sealed({ purpose: "fine", appointmentId, patientId, told });
    const page = await (await fetch(fine, { headers: { "Accept-Language": "en" } })).text();
    expect(page).toContain('<html lang="de">');
    expect(page).toContain("<button>Das passt mir</button>");
    const done = await press(fine);
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("die neue Zeit ist vereinbart")]);
    expect(await stateOf(appointmentId)).toMatchObject([{ status: "booked" }]);
  });

  test("Thirty forged, expired, foreign, frozen or reused links and forms are refused", async () => {
    const { appointmentId, patientId, told, come, cancel } = await booked();
    const other = await booked();
    const content = { purpose: "cancel", appointmentId, patientId, told } as const;
    const before = await stateOf(appointmentId);
    const base = come.slice(0, come.lastIndexOf("/") + 1);
    const token = come.slice(base.length);
    const changed = (at: number) => token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    const links: [number, string][] = [
      ...[0, 5, 15, 16, 30, 60, 90, 100, 112].map((at): [number, string] => [404, base + changed(at)]),
      ...["", "x", token.slice(1), `${token}A`, token.slice(0, 59), "A".repeat(114), `${token}=`].map(
        (wrong): [number, string] => [404, base + wrong],
      ),
      [404, await sealed(content, "another secret of at least thirty-two letters")],
      [404, await sealed({ ...content, patientId: other.patientId })],
      [404, await sealed({ ...content, appointmentId: other.appointmentId })],
      [410, await sealed({ ...content, told: { ...told, startsAt: Date.now() - 1000 } })],
      [410, await sealed({ ...content, purpose: "come", told: { ...told, startsAt: 0 } })],
      [409, await sealed({ ...content, told: { ...told, startsAt: told.startsAt + 900_000 } })],
      [409, await sealed({ ...content, told: { ...told, locationId: patientId } })],
    ];
    // The right form of this very link is sent to each.
    const form = formIn(await (await fetch(cancel)).text());
    expect(form).toMatch(/^\d+\.[\w-]{43}$/);
    const send = (url: string, value: string) =>
      fetch(url, { method: "POST", headers: FORM, body: new URLSearchParams({ form: value }) });
    for (const [status, url] of links) {
      const own = formIn(await (await fetch(url)).text());
      expect(own).toBe("");
      expect([404, 400, status]).toContain((await send(url, form)).status);
    }
    // The form of one link, or of another version, does nothing at another.
    const [version = "", proof = ""] = form.split(".");
    const foreign = formIn(await (await fetch(other.cancel)).text());
    for (const wrong of [
      foreign,
      `${Number(version) + 1}.${proof}`,
      `0.${proof}`,
      `${version}.${"A".repeat(43)}`,
      proof,
    ]) {
      expect((await send(cancel, wrong)).status).toBe(400);
    }
    expect((await send(come, form)).status).toBe(400);
    const repeated = new URLSearchParams({ form, more: "1" });
    expect((await fetch(cancel, { method: "POST", headers: FORM, body: repeated })).status).toBe(400);
    // The freeze binds, also for a form that was fetched before it began.
    await stack().sql("update policy set freeze_hours = 336");
    try {
      expect((await send(cancel, form)).status).toBe(409);
      expect(await (await fetch(cancel)).text()).toContain("It is too late to cancel here");
    } finally {
      await stack().sql("update policy set freeze_hours = 24");
    }
    expect(links.length + 7).toBeGreaterThanOrEqual(30);
    expect(await stateOf(appointmentId)).toEqual(before);
  });
});
