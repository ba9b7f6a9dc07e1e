import { simpleParser } from "mailparser";
import { beforeAll, describe, expect, test } from "vitest";
import { freeSlots, useStack } from "../support/stack.ts";

interface StoredMail {
  messageId: string;
  subject: string;
  destination?: { to?: string[] };
}

describe("reminders, and their switch", () => {
  const stack = useStack();
  // Two weeks ahead of the start: what is booked for next week is within the lead at once.
  beforeAll(async () => {
    await stack().sql(`update policy set reminder_hours = '{336}', reminders_since = '-infinity',
      quiet_seconds = 0, max_delay_seconds = 0`);
    // The cron reminds the whole clinic, and a fault strikes the first mail. So only the tests' visits have reminders.
    await stack().sql("update slots set appointment_id = null where appointment_id is not null");
    await stack().sql("update appointments set status = 'cancelled', slot_id = null where slot_id is not null");
  });

  const minute = async () => expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
  const mailsTo = async (account: string) => {
    const { emails } = (await (await fetch(new URL("/store", stack().urls.inbox))).json()) as { emails: StoredMail[] };
    return emails.filter((mail) => mail.destination?.to?.includes(`${account}@patients.example`));
  };
  const remindersTo = async (account: string) =>
    (await mailsTo(account)).filter(({ subject }) => /^(Reminder|Erinnerung)/.test(subject));
  /** As it was sent, with folded header fields in one line (RFC 5322 2.2.3). */
  const rawOf = async (mail: StoredMail | undefined) => {
    const reply = await fetch(new URL(`/messages/${mail?.messageId}/raw`, stack().urls.inbox));
    return (await reply.text()).replaceAll(/\r?\n[ \t]+/g, " ");
  };

  /** Books, sends the notification, and then starts the lead, as if it had been booked a month ago. */
  const appoint = async (account: string) => {
    const call = await stack().as(account);
    const [slot] = await freeSlots(stack(), 1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const booked = await call("POST", "/appointments", { holdId: held.body.id, reason: "SECRET-REASON-CANARY" });
    expect(booked.status).toBe(201);
    await expect.poll(() => mailsTo(account)).toHaveLength(1);
    await expect
      .poll(() => stack().sql("select from outbox where appointment_id = $1 and due_at is null", [booked.body.id]))
      .toHaveLength(1);
    await stack().sql("update outbox set last_notified_at = now() - interval '30 days' where appointment_id = $1", [
      booked.body.id,
    ]);
    return { id: booked.body.id as string, startsAt: booked.body.startsAt as string, headers: booked.headers };
  };

  /** The body of a mail program's one-press POST (RFC 8058, section 3.2). */
  const oneClick = (url: string) =>
    fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "List-Unsubscribe=One-Click",
      redirect: "error",
    });

  test("The cron of each minute reminds once, with a link that turns reminders off by one press", async () => {
    const { id, startsAt } = await appoint("patient191");
    const [told] = await mailsTo("patient191");
    expect((await simpleParser(await rawOf(told))).headers.has("list-unsubscribe")).toBe(false);
    await minute();
    await minute();
    const mails = await remindersTo("patient191");
    expect(mails).toHaveLength(1);
    const raw = await rawOf(mails[0]);
    const parsed = await simpleParser(raw);
    expect(parsed.text).toContain(startsAt.slice(11, 16));
    expect(parsed.attachments).toEqual([]);
    expect(raw).not.toContain("SECRET-REASON-CANARY");
    const [url = ""] = /(?<=^List-Unsubscribe: +<)[^>]+(?=>\r?$)/m.exec(raw) ?? [];
    expect(url).toMatch(new RegExp(`^${stack().env.PUBLIC_URL}/reminders/off/[\\w-]{59}$`));
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
    expect(parsed.text).toContain(url);
    const [patient] = await stack().sql<{ id: string }>("select patient_id as id from appointments where id = $1", [
      id,
    ]);
    for (const secret of [patient!.id, patient!.id.replaceAll("-", "")]) expect(url).not.toContain(secret);

    // Programs open links before people do.
    for (const method of ["GET", "HEAD"]) expect((await fetch(url, { method })).status).toBe(200);
    const opened = await (await fetch(url)).text();
    expect(opened).toContain("<button>Turn reminders off</button>");
    expect(opened).not.toContain("patient191");
    const patient191 = await stack().as("patient191");
    const before = await patient191("GET", "/preferences");
    expect(before.body.reminders).toBe(true);

    const done = await oneClick(url);
    expect(done.status).toBe(200);
    expect(await done.text()).toContain("Reminders are off");
    expect((await patient191("GET", "/preferences")).body.reminders).toBe(false);
    // A page that was open all along does not undo it unseen.
    const stale = { "If-Match": before.headers.get("ETag") ?? "" };
    expect((await patient191("PATCH", "/preferences", { language: "de" }, stale)).body.code).toBe("version-conflict");
    expect((await oneClick(url)).status).toBe(200);
    const trail = await stack().sql(
      "select actor_id, before, after from audit where patient_id = $1 and action = 'reminders.stop'",
      [patient!.id],
    );
    expect(trail).toEqual([{ actor_id: null, before: { reminders: true }, after: { reminders: false } }]);
  });

  test("The mail and its page are in the patient's language, and a patient who turned reminders off gets none", async () => {
    const patient = await stack().as("patient192");
    const { headers } = await patient("GET", "/preferences");
    const match = { "If-Match": headers.get("ETag") ?? "" };
    expect((await patient("PATCH", "/preferences", { language: "de" }, match)).status).toBe(200);
    await appoint("patient192");
    await minute();
    const [mail] = await remindersTo("patient192");
    expect(mail?.subject).toMatch(/^Erinnerung an Ihren Termin: /);
    const { text = "" } = await simpleParser(await rawOf(mail));
    expect(text).toMatch(/Uhr \(Ortszeit Dublin\)/);
    const url = /Erinnerungen abstellen: (\S+)/.exec(text)?.[1] ?? "";
    const page = await (await fetch(url, { headers: { "Accept-Language": "en" } })).text();
    expect(page).toContain('<html lang="de">');
    expect(page).toContain("<button>Erinnerungen abstellen</button>");
    expect(await (await oneClick(url)).text()).toContain("Die Erinnerungen sind abgestellt");
    await stack().sql("delete from reminders");
    await minute();
    expect(await remindersTo("patient192")).toHaveLength(1);
  });

  test("A cancelled appointment has no reminder", async () => {
    const { id, headers } = await appoint("patient193");
    const patient = await stack().as("patient193");
    const match = { "If-Match": headers.get("ETag") ?? "" };
    expect((await patient("POST", `/appointments/${id}/cancel`, {}, match)).status).toBe(200);
    await minute();
    await expect.poll(() => mailsTo("patient193")).toHaveLength(2);
    await minute();
    expect(await remindersTo("patient193")).toEqual([]);
  });

  test("While SES is down no reminder is lost: it is sent in a later minute, once", async () => {
    await appoint("patient194");
    stack().ses.faults.fail.always();
    expect(await stack().worker.scheduled("* * * * *")).not.toBe("ok");
    stack().ses.faults.fail.off();
    expect(await remindersTo("patient194")).toEqual([]);
    await stack().sql("update reminders set lease_until = now() where state = 'sending'");
    await minute();
    await minute();
    expect(await remindersTo("patient194")).toHaveLength(1);
    const states = await stack().sql(
      `select d.state from deliveries d join patients t on t.id = d.patient_id
       where d.kind = 'reminder' and t.email = 'patient194@patients.example' order by d.id`,
    );
    expect(states.slice(0, 2)).toMatchObject([{ state: "failed" }, { state: expect.stringMatching(/sent|delivered/) }]);
  });

  test("After a lost reply of SES a reminder is sent a second time, and never a third", async () => {
    await appoint("patient196");
    stack().ses.faults.dropReply.next(1);
    expect(await stack().worker.scheduled("* * * * *")).not.toBe("ok");
    expect(await remindersTo("patient196")).toHaveLength(1);
    for (let n = 0; n < 2; n++) {
      await stack().sql("update reminders set lease_until = now() where state = 'sending'");
      await minute();
    }
    expect(await remindersTo("patient196")).toHaveLength(2);
  });

  test("A link with a wrong token is a plain page in the reader's language, and changes nothing", async () => {
    const link = (token: string) => `${stack().env.PUBLIC_URL}/reminders/off/${token}`;
    await appoint("patient195");
    await minute();
    const raw = await rawOf((await remindersTo("patient195"))[0]);
    const good = /\/reminders\/off\/([\w-]{59})>/.exec(raw)?.[1] ?? "";
    const last = good.at(-1) === "A" ? "B" : "A";
    const bad = [
      "x",
      "a".repeat(59),
      good.slice(0, -1),
      `${good}A`,
      good.slice(0, -1) + last,
      good.toUpperCase(),
      "%00",
      `${good}%3D`,
    ];
    for (const token of bad) {
      for (const reply of [
        await fetch(link(token), { headers: { "Accept-Language": "de-AT,en" } }),
        await oneClick(link(token)),
      ]) {
        expect(reply.status).toBe(404);
        expect(reply.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
        expect(reply.headers.get("Cache-Control")).toBe("no-store");
      }
    }
    expect(await (await fetch(link("x"), { headers: { "Accept-Language": "de-AT,en" } })).text()).toContain("Link");
    expect(await (await fetch(link("x"), { headers: { "Accept-Language": "ga" } })).text()).toContain("This link");
    expect((await (await stack().as("patient195"))("GET", "/preferences")).body.reminders).toBe(true);
    for (const method of ["PUT", "DELETE"]) expect((await fetch(link(good), { method })).status).toBe(404);
  });

  test("The Worker logs neither tokens nor addresses", () => {
    const lines = stack().log.join("\n");
    expect(lines).toContain('"event":"reminded"');
    expect(lines).toContain("/reminders/off/:token");
    expect(lines).not.toMatch(/@patients\.example|off\/[\w-]{20}/);
  });
});
