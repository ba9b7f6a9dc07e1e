import ICAL from "ical.js";
import nodeIcal from "node-ical";
import { describe, expect, test } from "vitest";
import { freeSlots, useStack } from "../support/stack.ts";

interface Read {
  uid: string;
  sequence: number;
  start: number;
  end: number;
  status: string;
}

/** The events of a file as two independent programs read it, which must agree. */
function eventsOf(text: string): Read[] {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const one = calendar.getAllSubcomponents("vevent").map((part) => {
    const event = new ICAL.Event(part);
    return {
      uid: event.uid,
      sequence: event.sequence,
      start: event.startDate.toJSDate().getTime(),
      end: event.endDate.toJSDate().getTime(),
      status: String(part.getFirstPropertyValue("status")),
    };
  });
  const other = Object.values(nodeIcal.sync.parseICS(text)).flatMap((part) =>
    part?.type === "VEVENT"
      ? [
          {
            uid: part.uid,
            sequence: Number(part.sequence),
            start: part.start.getTime(),
            end: (part.end as Date).getTime(),
            status: String(part.status),
          },
        ]
      : [],
  );
  const byUid = (a: Read, b: Read) => a.uid.localeCompare(b.uid);
  expect(other.toSorted(byUid)).toEqual(one.toSorted(byUid));
  return one;
}

describe("getAppointmentEvent, getCalendarFeed, setCalendarFeed, removeCalendarFeed and readCalendarFeed", () => {
  const stack = useStack();

  /** A fresh appointment of a patient's, by way of the API. */
  const book = async (account: string, later = 0) => {
    const call = await stack().as(account);
    const slot = (await freeSlots(stack(), 1 + later)).at(-1);
    const held = await call("POST", "/holds", { slotId: slot?.id });
    const booked = await call("POST", "/appointments", { holdId: held.body.id, reason: "SECRET-REASON-CANARY" });
    expect(booked.status).toBe(201);
    return { ...(booked.body as { id: string; reference: string; startsAt: string; endsAt: string }), call };
  };
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${stack().urls.api}${path}`, { headers }).then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }));
  /** A feed of the account's own: the address below the API. */
  const subscribe = async (account: string, key?: string) => {
    const call = await stack().as(account);
    const made = await call("POST", "/calendar-feed", undefined, key ? { "Idempotency-Key": key } : {});
    expect(made.status).toBe(201);
    expect(made.headers.get("Cache-Control")).toBe("no-store");
    expect(made.body.url).toMatch(new RegExp(`^${stack().env.PUBLIC_URL}/api/v1/calendar/[\\w-]{43}\\.ics$`));
    return new URL(made.body.url as string).pathname.replace("/api/v1", "");
  };

  describe("getAppointmentEvent", () => {
    test("The patient, the doctor and staff get one event to import, with the UID and SEQUENCE of the mails", async () => {
      const { id, reference, startsAt, endsAt, call } = await book("patient181");
      const reply = await call("GET", `/appointments/${id}/calendar.ics`);
      expect(reply.status).toBe(200);
      expect(reply.headers.get("Content-Type")).toBe("text/calendar; charset=utf-8; method=PUBLISH");
      expect(reply.headers.get("Content-Disposition")).toBe(`attachment; filename="appointment-${reference}.ics"`);
      expect(reply.headers.get("Cache-Control")).toBe("no-store");
      const expected = {
        uid: `${id}@holdfast`,
        sequence: 0,
        start: Date.parse(startsAt),
        end: Date.parse(endsAt),
        status: "CONFIRMED",
      };
      expect(eventsOf(reply.body)).toEqual([expected]);
      expect(reply.body).toContain("METHOD:PUBLISH");

      // As after the first mail; then with a due notification, whose mail will have the next number.
      await stack().sql(
        "update outbox set sequence = 0, due_at = null, first_dirty_at = null where appointment_id = $1",
        [id],
      );
      expect(eventsOf((await call("GET", `/appointments/${id}/calendar.ics`)).body)[0]?.sequence).toBe(0);
      const [{ account } = { account: "" }] = await stack().sql<{ account: string }>(
        "select split_part(p.subject, '|', 2) as account from appointments a join doctors d on d.id = a.doctor_id join people p on p.id = d.person_id where a.id = $1",
        [id],
      );
      const doctor = stack().accounts.find(({ subject }) => subject.endsWith(account))?.account ?? "";
      for (const reader of [doctor, "staff1"]) {
        const theirs = await (await stack().as(reader))("GET", `/appointments/${id}/calendar.ics`);
        expect(eventsOf(theirs.body)).toEqual([expected]);
      }
      const [{ notes } = { notes: 0 }] = await stack().sql<{ notes: number }>(
        "select count(*)::int as notes from audit where action = 'appointment.read' and entity_id = $1",
        [id],
      );
      expect(notes).toBe(2);

      const version = (await call("GET", `/appointments/${id}`)).headers.get("ETag") ?? "";
      expect((await call("POST", `/appointments/${id}/cancel`, {}, { "If-Match": version })).status).toBe(200);
      expect(eventsOf((await call("GET", `/appointments/${id}/calendar.ics`)).body)).toEqual([
        { ...expected, sequence: 1, status: "CANCELLED" },
      ]);
    });

    test("404 not-found: Another patient's or doctor's appointment is answered as an unknown one. 401 without a login", async () => {
      const { id } = await book("patient182");
      const path = `/appointments/${id}/calendar.ics`;
      const [{ doctor } = { doctor: "" }] = await stack().sql<{ doctor: string }>(
        "select doctor_id as doctor from appointments where id = $1",
        [id],
      );
      const other = stack().accounts.find(({ doctorId }) => doctorId && doctorId !== doctor)?.account ?? "";
      for (const account of ["patient183", other]) {
        const call = await stack().as(account);
        const theirs = await call("GET", path);
        const missing = await call("GET", `/appointments/${crypto.randomUUID()}/calendar.ics`);
        expect([theirs.status, theirs.body.code]).toEqual([404, "not-found"]);
        expect([missing.status, missing.body.code]).toEqual([404, "not-found"]);
      }
      expect((await get(path)).status).toBe(401);
    });

    test("The instants are right on both sides of a clock change, in any zone of the reader", async () => {
      const { id, call } = await book("patient184");
      // Dublin's clocks go back at 01:00 UTC on 31 October 2027, and forward at 01:00 UTC on 28 March 2027.
      for (const start of [
        "2027-10-31T00:30:00Z",
        "2027-10-31T01:30:00Z",
        "2027-03-28T00:45:00Z",
        "2027-03-28T01:00:00Z",
      ]) {
        await stack().sql(
          "update appointments set starts_at = $2::timestamptz, ends_at = $2::timestamptz + interval '15 minutes' where id = $1",
          [id, start],
        );
        const [event] = eventsOf((await call("GET", `/appointments/${id}/calendar.ics`)).body);
        expect([event?.start, event?.end]).toEqual([Date.parse(start), Date.parse(start) + 900_000]);
      }
    });
  });

  describe("readCalendarFeed and setCalendarFeed", () => {
    test("A feed shows the patient's appointments from 30 days ago on, without those that do not take place", async () => {
      const { id, reference, call } = await book("patient185");
      const cancelled = await book("patient185", 100);
      const etag = (await call("GET", `/appointments/${cancelled.id}`)).headers.get("ETag") ?? "";
      await call("POST", `/appointments/${cancelled.id}/cancel`, {}, { "If-Match": etag });
      const path = await subscribe("patient185");
      const feed = await get(path);
      expect(feed.status).toBe(200);
      expect(feed.headers.get("Content-Type")).toBe("text/calendar; charset=utf-8; method=PUBLISH");
      expect(feed.headers.get("Cache-Control")).toBe("private, no-cache");
      for (const line of ["METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]) {
        expect(feed.text).toContain(`${line}\r\n`);
      }
      const rows = await stack().sql<{ uid: string; start: number; end: number }>(
        `select id || '@holdfast' as uid, (extract(epoch from starts_at) * 1000)::float8 as start,
           (extract(epoch from ends_at) * 1000)::float8 as end
         from appointments where patient_id = (select patient_id from appointments where id = $1)
           and status not in ('cancelled', 'to-place') and starts_at > now() - interval '30 days' order by starts_at, id`,
        [id],
      );
      expect(eventsOf(feed.text).map(({ uid, start, end }) => ({ uid, start, end }))).toEqual(rows);
      expect(rows.length).toBeGreaterThan(0);
      expect(feed.text).toContain(`Ref. ${reference}`);
      expect(feed.text).not.toContain(cancelled.id);
      const [names] = await stack().sql<{ doctor: string; specialty: string; patient: string }>(
        `select d.name as doctor, d.specialty, t.name as patient from appointments a join doctors d on d.id = a.doctor_id
           join patients t on t.id = a.patient_id where a.id = $1`,
        [id],
      );
      for (const secret of [
        names?.doctor,
        names?.specialty,
        names?.patient,
        "SECRET-REASON-CANARY",
        "patients.example",
      ]) {
        expect(feed.text).not.toContain(secret);
      }
    });

    test("A doctor's feed shows the appointments of the doctor's slots, by reference alone", async () => {
      const { id, reference } = await book("patient186");
      const [row] = await stack().sql<{ doctorId: string; patient: string; specialty: string; clinic: string }>(
        `select a.doctor_id as "doctorId", t.name as patient, d.specialty, c.name as clinic from clinic c, appointments a
           join patients t on t.id = a.patient_id join doctors d on d.id = a.doctor_id where a.id = $1`,
        [id],
      );
      const account = stack().accounts.find(({ doctorId }) => doctorId === row?.doctorId)?.account ?? "";
      const feed = await get(await subscribe(account));
      expect(feed.text).toContain(`SUMMARY:${reference}\r\n`);
      const [{ count } = { count: 0 }] = await stack().sql<{ count: number }>(
        `select count(*)::int as count from appointments where doctor_id = $1 and slot_id is not null
           and starts_at > now() - interval '30 days'`,
        [row?.doctorId],
      );
      expect(eventsOf(feed.text)).toHaveLength(count);
      for (const secret of [row?.patient, row?.specialty, "SECRET-REASON-CANARY", "/appointments/", "Ref."]) {
        expect(feed.text).not.toContain(secret);
      }
    });

    test("A feed is 304 while nothing has changed, and has another ETag after a change", async () => {
      const path = await subscribe("patient187");
      const first = await get(path);
      const tag = first.headers.get("ETag") ?? "";
      expect(tag).toMatch(/^"[^"]+"$/);
      for (const header of [tag, `"other", ${tag}`, `W/${tag}`]) {
        const again = await get(path, { "If-None-Match": header });
        expect([again.status, again.text, again.headers.get("ETag")]).toEqual([304, "", tag]);
        expect(again.headers.get("Cache-Control")).toBe("private, no-cache");
      }
      await book("patient187");
      const changed = await get(path, { "If-None-Match": tag });
      expect(changed.status).toBe(200);
      expect(changed.headers.get("ETag")).not.toBe(tag);
    });

    test("A feed is made, replaced and removed by its owner, each with an entry in the audit trail", async () => {
      const call = await stack().as("patient188");
      expect((await call("GET", "/calendar-feed")).body).toEqual({ since: null });
      const first = await subscribe("patient188");
      const state = await call("GET", "/calendar-feed");
      expect(Date.now() - Date.parse(state.body.since)).toBeLessThan(60_000);
      const second = await subscribe("patient188");
      expect(second).not.toBe(first);
      expect([(await get(first)).status, (await get(second)).status]).toEqual([404, 200]);
      expect((await call("DELETE", "/calendar-feed")).status).toBe(204);
      expect((await call("DELETE", "/calendar-feed")).status).toBe(204);
      expect((await get(second)).status).toBe(404);
      expect((await call("GET", "/calendar-feed")).body).toEqual({ since: null });
      const entries = await stack().sql<{ action: string; before: boolean; after: boolean }>(
        `select u.action, u.before is not null as before, u.after is not null as after from audit u
           join people p on p.id = u.actor_id where u.action like 'calendar-feed.%' and p.subject = $1 order by u.id`,
        [stack().accounts.find(({ account }) => account === "patient188")?.subject],
      );
      expect(entries).toEqual([
        { action: "calendar-feed.set", before: false, after: true },
        { action: "calendar-feed.set", before: true, after: true },
        { action: "calendar-feed.remove", before: true, after: false },
      ]);
      expect((await (await stack().as("staff1"))("POST", "/calendar-feed")).status).toBe(403);
      expect((await stack().nobody("POST", "/calendar-feed")).status).toBe(401);
    });

    test("A request sent twice has one effect and one answer, and no table has the secret", async () => {
      const key = crypto.randomUUID();
      const first = await subscribe("patient189", key);
      expect(await subscribe("patient189", key)).toBe(first);
      expect((await get(first)).status).toBe(200);
      // The same key of another person makes another secret.
      expect(await subscribe("patient190", key)).not.toBe(first);
      const [{ sets } = { sets: 0 }] = await stack().sql<{ sets: number }>(
        `select count(*)::int as sets from audit u join people p on p.id = u.actor_id
         where u.action = 'calendar-feed.set' and p.subject = $1`,
        [stack().accounts.find(({ account }) => account === "patient189")?.subject],
      );
      expect(sets).toBe(1);

      const secret = /calendar\/(.{43})\.ics/.exec(first)?.[1] ?? "";
      const tables = await stack().sql<{ name: string }>(
        "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
      );
      for (const { name } of tables) {
        const [{ hits } = { hits: -1 }] = await stack().sql<{ hits: number }>(
          `select count(*)::int as hits from ${name} t where t::text like '%' || $1 || '%'`,
          [secret],
        );
        expect([name, hits]).toEqual([name, 0]);
      }
      const [{ hashed } = { hashed: 0 }] = await stack().sql<{ hashed: number }>(
        "select count(*)::int as hashed from calendar_feeds where secret_hash = sha256(convert_to($1, 'UTF8'))",
        [secret],
      );
      expect(hashed).toBe(1);
      const lines = stack().log.join("\n");
      expect(lines).toContain('"route":"/api/v1/calendar/:file"');
      expect(lines).not.toContain(secret);
      expect(lines).not.toContain(first.slice(-20));
    });

    test("404 not-found: The feed of a person who is switched off or merged is answered as an unknown feed", async () => {
      const path = await subscribe("patient191");
      const subject = stack().accounts.find(({ account }) => account === "patient191")?.subject;
      const patient = "(select t.id from patients t join people p on p.id = t.person_id where p.subject = $1)";
      const answerAfter = async (change: string, back: string) => {
        await stack().sql(change, [subject]);
        const reply = await get(path);
        await stack().sql(back, [subject]);
        return [reply.status, JSON.parse(reply.text).code];
      };
      const gone = [404, "not-found"];
      expect(
        await answerAfter(
          "update people set active = false where subject = $1",
          "update people set active = true where subject = $1",
        ),
      ).toEqual(gone);
      expect(
        await answerAfter(
          `update patients set active = false where id = ${patient}`,
          `update patients set active = true where id = ${patient}`,
        ),
      ).toEqual(gone);
      expect(
        await answerAfter(
          `update patients set active = false, merged_into = (select id from patients where active and id <> ${patient} limit 1) where id = ${patient}`,
          `update patients set active = true, merged_into = null where id = ${patient}`,
        ),
      ).toEqual(gone);
      expect((await get(path)).status).toBe(200);
      expect((await get(`/calendar/${"x".repeat(43)}.ics`)).status).toBe(404);
      const malformed = await get("/calendar/tooshort.ics");
      expect(malformed.status).toBe(400);
      expect(malformed.text).not.toContain("tooshort");
    });
  });
});
