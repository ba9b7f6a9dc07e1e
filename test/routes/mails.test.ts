import ICAL from "ical.js";
import { simpleParser } from "mailparser";
import nodeIcal from "node-ical";
import { beforeAll, describe, expect, test } from "vitest";
import { type Reply, freeSlots, freeSlotsOfOneDoctor, useStack } from "../support/stack.ts";

interface StoredMail {
  messageId: string;
  destination?: { to?: string[] };
}

describe("the mails of an appointment's life", () => {
  const stack = useStack();
  beforeAll(() => stack().sql("update policy set quiet_seconds = 0, max_delay_seconds = 0"));

  const match = (reply: Reply) => ({ "If-Match": reply.headers.get("ETag") ?? "" });
  /** All mails to an account after they are this many, oldest first, each read as a mail program reads it. */
  async function mailsTo(account: string, count: number) {
    const list = async () => {
      const { emails } = (await (await fetch(new URL("/store", stack().urls.inbox))).json()) as {
        emails: StoredMail[];
      };
      return emails.filter((mail) => mail.destination?.to?.includes(`${account}@patients.example`));
    };
    await expect.poll(list).toHaveLength(count);
    return Promise.all(
      (await list()).map(async ({ messageId }) => {
        const raw = await (await fetch(new URL(`/messages/${messageId}/raw`, stack().urls.inbox))).text();
        const { subject = "", text = "", html, attachments } = await simpleParser(raw);
        const ics = attachments.find(({ contentType }) => contentType === "text/calendar")?.content.toString() ?? "";
        return { raw, subject, text, html: html || "", ics };
      }),
    );
  }
  function invitationOf(ics: string) {
    const calendar = new ICAL.Component(ICAL.parse(ics));
    const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent") ?? undefined);
    const second = Object.values(nodeIcal.sync.parseICS(ics)).find((part) => part?.type === "VEVENT");
    if (second?.type !== "VEVENT") throw new Error("node-ical finds no event");
    const [one, two] = [event.startDate.toJSDate().getTime(), second.start.getTime()];
    expect(two).toBe(one);
    expect(Number(second.sequence)).toBe(event.sequence);
    return {
      method: calendar.getFirstPropertyValue("method"),
      uid: event.uid,
      sequence: event.sequence,
      startsAt: one,
    };
  }
  const told = (id: string) =>
    expect
      .poll(() => stack().sql("select from outbox where appointment_id = $1 and due_at is null", [id]))
      .toHaveLength(1);

  test("Booked, moved, moved by the clinic, being placed, cancelled: each mail is in German and about the same calendar event", async () => {
    const call = await stack().as("patient161");
    const preferences = await call("GET", "/preferences");
    await call("PATCH", "/preferences", { language: "de" }, match(preferences));
    const slots = await freeSlotsOfOneDoctor(stack(), 3);
    const hold = async (slotId: string | undefined) => (await call("POST", "/holds", { slotId })).body.id as string;
    const booked = await call("POST", "/appointments", {
      holdId: await hold(slots[0]?.id),
      reason: "SECRET-REASON-CANARY",
    });
    const { id } = booked.body as { id: string };
    await told(id);
    const moved = await call(
      "POST",
      `/appointments/${id}/reschedule`,
      { holdId: await hold(slots[1]?.id) },
      match(booked),
    );
    expect(moved.status).toBe(200);
    await told(id);

    /** A change by the clinic, in the same columns as its own statements. The cron notifies. */
    const clinicSets = async (columns: string) => {
      await stack().sql(`update appointments a set ${columns}, version = version + 1 where id = $1`, [id]);
      await stack().sql(
        "update outbox set version = version + 1, first_dirty_at = now(), due_at = now() where appointment_id = $1",
        [id],
      );
      expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
      await told(id);
    };
    const from =
      "jsonb_build_object('doctorId', doctor_id, 'locationId', location_id, 'startsAt', (extract(epoch from starts_at) * 1000)::bigint, 'endsAt', (extract(epoch from ends_at) * 1000)::bigint)";
    await clinicSets(`status = 'moved', moved_at = now(), moved_from = ${from}, starts_at = starts_at + interval '7 days',
      ends_at = ends_at + interval '7 days'`);
    const [row] = await stack().sql<{ startsAt: string }>(
      'select starts_at as "startsAt" from appointments where id = $1',
      [id],
    );
    const third = new Date(row!.startsAt).getTime();
    await clinicSets("status = 'to-place', slot_id = null");
    const open = await call("GET", `/appointments/${id}`);
    expect((await call("POST", `/appointments/${id}/cancel`, {}, match(open))).status).toBe(200);
    await told(id);

    const mails = await mailsTo("patient161", 5);
    expect(mails.map(({ subject }) => subject.replace(/(: |statt ).*$/, "$1"))).toEqual([
      "Ihr Termin ist gebucht: ",
      "Ihr Termin wurde verschoben: ",
      "Wir mussten Ihren Termin verlegen: ",
      "Wir suchen einen neuen Termin für Sie statt ",
      "Ihr Termin ist abgesagt: ",
    ]);
    // The days have German names in the Worker's own runtime.
    for (const { raw } of mails) expect(raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
    for (const { subject } of mails) expect(subject).toMatch(/(Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch/);
    expect(mails[2]?.text).toMatch(/^Das passt mir: .*\/links\//m);
    expect(mails[2]?.text).toMatch(/^Bitte antworten Sie bis: .* Uhr \(Ortszeit Dublin\)$/m);
    expect(mails[2]?.text.match(/^- .*\/hold\/new\?slot=[\w-]{36}&change=[\w-]{36}$/gm)).toHaveLength(2);

    const [first, second] = [Date.parse(booked.body.startsAt), Date.parse(moved.body.startsAt)];
    const events = mails.map(({ ics }) => invitationOf(ics));
    expect(events.map(({ method }) => method)).toEqual(["REQUEST", "REQUEST", "REQUEST", "CANCEL", "CANCEL"]);
    expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4]);
    expect(events.map(({ startsAt }) => startsAt)).toEqual([first, second, third, third, third]);
    expect(new Set(events.map(({ uid }) => uid))).toEqual(new Set([`${id}@holdfast`]));

    const people = await stack().sql<{ name: string; specialty: string }>("select name, specialty from doctors");
    for (const { subject, text, html, ics } of mails) {
      const whole = `${subject}\n${text}\n${html}\n${ics}`;
      expect(whole).not.toContain("SECRET-REASON-CANARY");
      for (const { name, specialty } of people) {
        expect(whole).not.toContain(name);
        expect(whole).not.toContain(specialty);
      }
    }
  });

  test("A move that is cancelled before its notification: one mail with both times cancels the event that was notified", async () => {
    const call = await stack().as("patient163");
    const [first, second] = await freeSlotsOfOneDoctor(stack(), 2);
    const hold = async (slotId: string | undefined) => (await call("POST", "/holds", { slotId })).body.id as string;
    const booked = await call("POST", "/appointments", { holdId: await hold(first?.id) });
    const path = `/appointments/${booked.body.id}`;
    await told(booked.body.id);
    await stack().sql("update policy set quiet_seconds = 600, max_delay_seconds = 600");
    let movedTo = "";
    try {
      const moved = await call("POST", `${path}/reschedule`, { holdId: await hold(second?.id) }, match(booked));
      movedTo = moved.body.startsAt;
      expect((await call("POST", `${path}/cancel`, {}, match(moved))).status).toBe(200);
      await stack().sql("update outbox set due_at = now() where appointment_id = $1", [booked.body.id]);
      expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    } finally {
      await stack().sql("update policy set quiet_seconds = 0, max_delay_seconds = 0");
    }
    await told(booked.body.id);
    const [confirmation, cancellation] = await mailsTo("patient163", 2);
    const timeIn = (text: string | undefined, label: string) =>
      new RegExp(`^${label}: (.+)$`, "m").exec(text ?? "")?.[1] ?? "";
    const toldTime = timeIn(confirmation?.text, "When");
    expect(timeIn(cancellation?.text, "Before")).toBe(toldTime);
    const lastTime = timeIn(cancellation?.text, "Cancelled");
    expect(lastTime).toContain(`, ${movedTo.slice(11, 16)} to `);
    expect(lastTime).not.toBe(toldTime);
    expect(cancellation?.subject).toMatch(/^Your appointment is cancelled: .+ \(before: .+\)$/);

    const [invited, withdrawn] = [confirmation, cancellation].map((mail) => invitationOf(mail?.ics ?? ""));
    expect(withdrawn).toEqual({ ...invited, method: "CANCEL", sequence: 1 });
  });

  test("The doctor is named if the clinic wants it, and never in a subject or a calendar", async () => {
    const staff = await stack().as("staff1");
    const names = async (mailNamesDoctor: boolean) =>
      (await staff("PATCH", "/policy", { mailNamesDoctor }, match(await staff("GET", "/policy")))).body.mailNamesDoctor;
    expect(await names(true)).toBe(true);
    const call = await stack().as("patient162");
    const [slot] = await freeSlots(stack(), 1);
    const { body: hold } = await call("POST", "/holds", { slotId: slot?.id });
    const { body } = await call("POST", "/appointments", { holdId: hold.id });
    await told(body.id);
    expect(await names(false)).toBe(false);
    const [doctor] = await stack().sql<{ name: string }>("select name from doctors where id = $1", [slot?.doctorId]);
    const [mail] = await mailsTo("patient162", 1);
    expect(mail?.text).toContain(`With: ${doctor?.name}`);
    expect(mail?.html).toContain(doctor?.name.replaceAll("'", "&#39;"));
    expect(`${mail?.subject}${mail?.ics}`).not.toContain(doctor?.name);
  });
});
