import pg from "pg";
import { describe, expect, test } from "vitest";
import { TIME_ZONE } from "#dev/seed/clinic.ts";
import { addDays, clinicDateOf, weekdayOf } from "#domain/clinic-time.ts";
import { withinOneDay } from "../support/one-day.ts";
import { whenReassigned } from "../support/reassigning.ts";
import { type Api, type TestStack, useStack } from "../support/stack.ts";

const TODAY = clinicDateOf(Date.now(), TIME_ZONE);
/** A date ahead on which no patient has a visit. */
const AHEAD = addDays(TODAY, 80);
const AFTER = addDays(AHEAD, 1);
/** The last Sunday of next March, on which Dublin has no 01:00. */
const SPRING_FORWARD = ((end) => addDays(end, -(weekdayOf(end) % 7)))(`${Number(TODAY.slice(0, 4)) + 1}-03-31`);
const NO_SUCH_ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

interface Doctor {
  id: string;
  account: string;
}

const stack = useStack();
const doctorOf = (account: string): Doctor => {
  const id = stack().accounts.find((known) => known.account === account)?.doctorId;
  if (!id) throw new Error(`there is no ${account}`);
  return { id, account };
};
const schedulePath = (doctor: Doctor) => `/doctors/${doctor.id}/schedule`;

describe("getSchedule and listExceptions", () => {
  test("A doctor reads the own schedule and staff read all of them. Other callers get 404, 403 or 401", async () => {
    const own = doctorOf("doctor1");
    const staff = await stack().as("staff1");
    const read = await staff("GET", schedulePath(own));
    expect(read.status).toBe(200);
    expect(read.headers.get("ETag")).toBe('"1"');
    expect(read.body).toHaveLength(10);
    expect(read.body[0]).toMatchObject({ weekday: 1, from: "09:00", to: "12:30", validTo: null });
    const doctor = await stack().as("doctor1");
    expect((await doctor("GET", schedulePath(own))).body).toEqual(read.body);
    expect((await doctor("GET", schedulePath(doctorOf("doctor2")))).status).toBe(404);
    expect((await doctor("PUT", schedulePath(own), read.body, { "If-Match": '"1"' })).status).toBe(403);
    expect((await (await stack().as("patient2"))("GET", schedulePath(own))).status).toBe(403);
    expect((await stack().nobody("GET", schedulePath(own))).status).toBe(401);
    expect((await staff("GET", `/doctors/${NO_SUCH_ID}/schedule`)).status).toBe(404);
    const exceptions = await doctor("GET", `/doctors/${own.id}/exceptions`);
    expect(exceptions.body.items).toMatchObject([
      { kind: "extra", from: "10:00", to: "13:00", note: "Saturday clinic" },
    ]);
    expect((await doctor("GET", `/doctors/${doctorOf("doctor2").id}/exceptions`)).status).toBe(404);
  });
});

describe("putSchedule", () => {
  test("A change is read, previewed and applied. Its patients are moved or have a case, and are notified once", async () => {
    const doctor = doctorOf("doctor4");
    const staff = await stack().as("staff1");
    const { body: sessions, headers } = await staff("GET", schedulePath(doctor));
    const etag = headers.get("ETag") ?? "";
    const weekday = await fillDoctor(stack(), doctor.id);
    const fewer = sessions.filter((session: { weekday: number }) => session.weekday !== weekday);
    // A week of freeze, so that some of them are within it. No mail is sent for other reasons.
    await stack().sql("update policy set freeze_hours = 168, reminder_hours = '{}'");
    const booked = await stack().sql<{ id: string; email: string; lost: boolean; frozen: boolean }>(
      `select a.id, t.email, extract(isodow from s.clinic_date) = $2 as lost, a.starts_at < now() + interval '7 days' as frozen
       from appointments a join slots s on s.id = a.slot_id join patients t on t.id = a.patient_id
       where a.doctor_id = $1 and a.status = 'booked' and a.starts_at > now()`,
      [doctor.id, weekday],
    );
    const displaced = booked.filter(({ lost }) => lost).map(({ id }) => id);
    expect(displaced.length).toBeGreaterThan(0);
    expect(displaced.length).toBeLessThan(booked.length);
    const frozen = booked.filter((one) => one.lost && one.frozen).map(({ id }) => id);
    expect(frozen.length).toBeGreaterThan(0);
    expect(frozen.length).toBeLessThan(displaced.length);

    expect((await staff("PUT", schedulePath(doctor), fewer)).body.code).toBe("precondition-required");
    const blind = await staff("PUT", schedulePath(doctor), fewer, { "If-Match": etag });
    expect(blind).toMatchObject({ status: 428, body: { code: "precondition-required", affected: displaced.length } });
    const seen = await staff("POST", `${schedulePath(doctor)}/preview`, fewer);
    expect(seen).toMatchObject({
      status: 200,
      body: { affected: displaced.length, unchanged: booked.length - displaced.length },
    });
    const idsOf = (rows: { appointmentId: string }[]) => rows.map(({ appointmentId }) => appointmentId).sort();
    expect(idsOf(seen.body.toPlace)).toEqual(frozen.sort());
    expect(seen.body.toPlace[0].why).toEqual({ code: "frozen", text: expect.stringContaining("freeze") });
    expect(idsOf([...seen.body.toPlace, ...seen.body.reassigned])).toEqual(displaced.sort());
    const stale = await staff("PUT", `${schedulePath(doctor)}?previewToken=old`, fewer, { "If-Match": etag });
    expect(stale).toMatchObject({
      status: 412,
      body: { code: "preview-stale", affected: displaced.length, plan: { token: expect.any(String) } },
    });
    expect(idsOf(stale.body.plan.reassigned)).toEqual(idsOf(seen.body.reassigned));

    await stack().sql("update policy set quiet_seconds = 1");
    const key = { "If-Match": etag, "Idempotency-Key": crypto.randomUUID() };
    const path = `${schedulePath(doctor)}?previewToken=${stale.body.plan.token}`;
    const applied = await staff("PUT", path, fewer, key);
    expect(applied).toMatchObject({ status: 200, body: fewer });
    expect(applied.headers.get("ETag")).toBe('"2"');
    const replayed = await staff("PUT", path, fewer, key);
    expect([replayed.status, replayed.body, replayed.headers.get("ETag")]).toEqual([200, applied.body, '"2"']);
    const late = await staff("PUT", path, fewer, { "If-Match": etag });
    expect(late).toMatchObject({ status: 412, body: { code: "version-conflict", changedBy: "Sinéad Walsh" } });
    expect(late.body.changedAt).toMatch(/[+-]\d\d:\d\d$/);

    expect(replayed.headers.get("Link")).toBe(applied.headers.get("Link"));
    await whenReassigned(stack(), applied);
    const queue = await staff("GET", "/cases?status=open&limit=200");
    expect(idsOf(queue.body.items)).toEqual(frozen);
    expect(queue.body.items[0]).toMatchObject({ status: "open", reason: "schedule", closedAt: null });
    const noted = await stack().sql<{ ids: string[] }>(
      "select after -> 'patientIds' as ids from audit where action = 'case.list'",
    );
    const whose: string[] = queue.body.items.map((one: { patientId: string }) => one.patientId);
    expect(noted).toEqual([{ ids: [...new Set(whose)].sort() }]);
    const page = await staff("GET", "/cases?status=open&limit=1");
    expect(page.headers.get("Link")).toContain('rel="next"');
    const second = await staff("GET", `/cases?status=open&limit=1&cursor=${page.body.nextCursor}`);
    expect(second.body.items[0]?.id ?? null).toBe(queue.body.items[1]?.id ?? null);

    const mails = async () => {
      const store = await (await fetch(new URL("/store", stack().urls.inbox))).json();
      return (store as { emails: { destination?: { to?: string[] }; subject?: string }[] }).emails;
    };
    await expect.poll(async () => (await mails()).length).toBe(displaced.length);
    const addresses = booked.filter(({ lost }) => lost).map(({ email }) => email);
    expect((await mails()).map((mail) => mail.destination?.to?.[0] ?? "").sort()).toEqual(addresses.sort());
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    expect(await mails()).toHaveLength(displaced.length);
    const kept = await stack().sql<{ kind: string; n: number }>(
      "select kind, count(*)::int as n from deliveries where appointment_id = any($1) group by kind",
      [displaced],
    );
    expect(kept.sort((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      { kind: "being-placed", n: frozen.length },
      { kind: "moved-by-clinic", n: displaced.length - frozen.length },
    ]);
    await stack().sql("update policy set quiet_seconds = 5, freeze_hours = 24, reminder_hours = '{24}'");
  });
});

describe("createException, previewException, deleteException and previewDeleteException", () => {
  test("An absence of some hours closes their slots, and its end opens them", async () => {
    const doctor = doctorOf("doctor5");
    const staff = await stack().as("staff2");
    // A day with a time that the absence closes.
    const [slot] = await stack().sql<{ date: string }>(
      `select clinic_date::text as date from slots where doctor_id = $1 and status = 'open'
         and starts_at > now() + interval '50 days' and (starts_at at time zone 'Europe/Dublin')::time = '09:00'
       order by starts_at limit 1`,
      [doctor.id],
    );
    const date = slot?.date ?? "";
    const states = () =>
      stack().sql<{ closed: boolean; n: number }>(
        "select status = 'closed' as closed, count(*)::int as n from slots where doctor_id = $1 and clinic_date = $2 group by 1 order by 1",
        [doctor.id, date],
      );
    const before = await states();
    const body = { kind: "absence", fromDate: date, toDate: date, from: "09:00", to: "10:00", note: "Dentist" };
    const key = { "Idempotency-Key": crypto.randomUUID() };
    const made = await staff("POST", `/doctors/${doctor.id}/exceptions`, body, key);
    expect(made).toMatchObject({ status: 201, body: { ...body, locationId: null } });
    expect((await staff("POST", `/doctors/${doctor.id}/exceptions`, body, key)).body).toEqual(made.body);
    const other = await staff("POST", `/doctors/${doctor.id}/exceptions`, { ...body, note: "x" }, key);
    expect(other.body.code).toBe("idempotency-key-reused");
    expect((await staff("GET", `/doctors/${doctor.id}/exceptions`)).body.items).toContainEqual(made.body);
    const during = await states();
    expect(during).not.toEqual(before);
    const gone = `/doctors/${doctor.id}/exceptions/${made.body.id}`;
    expect((await staff("POST", `${gone}/preview`)).body).toMatchObject({ affected: 0 });
    expect((await staff("DELETE", `/doctors/${doctorOf("doctor6").id}/exceptions/${made.body.id}`)).status).toBe(404);
    expect((await staff("DELETE", gone)).status).toBe(204);
    expect(await states()).toEqual(before);
    expect((await staff("DELETE", gone)).status).toBe(404);
  });
});

describe("previewSchedule and putSchedule", () => {
  test("A session takes place through the date of its validTo, in the calendar, the answers, the rows and the trail", async () => {
    const doctor = doctorOf("doctor9");
    const staff = await stack().as("staff1");
    const { body: sessions, headers } = await staff("GET", schedulePath(doctor));
    const [known] = sessions;
    const first = addDays(TODAY, 14);
    const last = addDays(first, 7);
    // Nights, when no other session of the doctor is.
    const nights = {
      ...known,
      weekday: weekdayOf(first),
      from: "02:30",
      to: "03:30",
      slotMinutes: 60,
      validFrom: first,
    };
    const put = async (etag: string | null, list: object[]) =>
      staff("PUT", schedulePath(doctor), list, { "If-Match": etag ?? "" });
    const one = await put(headers.get("ETag"), [...sessions, { ...nights, validTo: last }]);
    expect(one).toMatchObject({ status: 200 });
    expect((await staff("GET", schedulePath(doctor))).body).toContainEqual({ ...nights, validTo: last });
    const dates = async () => {
      const rows = await stack().sql<{ date: string }>(
        `select clinic_date::text as date from slots where doctor_id = $1 and status = 'open'
           and (starts_at at time zone 'Europe/Dublin')::time = '02:30' order by 1`,
        [doctor.id],
      );
      return rows.map(({ date }) => date);
    };
    expect(await dates()).toEqual([first, last]);
    // The row has the first date after, in this build as in former ones.
    const rows = await stack().sql(
      "select valid_to::text as end from schedules where doctor_id = $1 and valid_to = $2",
      [doctor.id, addDays(last, 1)],
    );
    expect(rows).toEqual([{ end: addDays(last, 1) }]);
    // One date alone is a validity; none is not.
    const two = await put(one.headers.get("ETag"), [...sessions, { ...nights, validTo: first }]);
    expect(two).toMatchObject({ status: 200 });
    expect(await dates()).toEqual([first]);
    const none = await put(two.headers.get("ETag"), [...sessions, { ...nights, validTo: addDays(first, -1) }]);
    expect(none).toMatchObject({ status: 400, body: { errors: [{ pointer: `/${sessions.length}/validTo` }] } });
    const trail = await staff("GET", `/audit?entityId=${doctor.id}&action=schedule.change`);
    expect(trail.body.items[0].before.sessions).toContainEqual({ ...nights, validTo: last });
    expect(trail.body.items[0].after.sessions).toContainEqual({ ...nights, validTo: first });
  });

  test.each<[string, (s: { locationId: string; session: object }) => unknown, string, string | RegExp]>([
    ["an inverted session", ({ session }) => [{ ...session, from: "12:00", to: "09:00" }], "/0/to", /16 hours/],
    ["a session of no time", ({ session }) => [{ ...session, from: "09:00", to: "09:00" }], "/0/to", /lasts no time/],
    [
      "overlapping sessions",
      ({ session }) => [session, { ...session, from: "10:00", to: "11:00" }],
      "/1",
      /overlaps the session at \/0/,
    ],
    [
      "a length that does not fit",
      ({ session }) => [{ ...session, slotMinutes: 25 }],
      "/0/slotMinutes",
      /Slot lengths that fit: 5, 6, /,
    ],
    ["a length out of bounds", ({ session }) => [{ ...session, slotMinutes: 121 }], "/0/slotMinutes", /5 to 120/],
    ["a weekday that is none", ({ session }) => [{ ...session, weekday: 8 }], "/0/weekday", /1 \(Monday\) to 7/],
    ["a weekday that is no number", ({ session }) => [{ ...session, weekday: "Monday" }], "/0/weekday", /./],
    ["a time that is none", ({ session }) => [{ ...session, from: "9 am" }], "/0/from", /not a time/],
    ["a date that is none", ({ session }) => [{ ...session, validFrom: "2026-02-30" }], "/0/validFrom", /not a date/],
    ["a date out of bounds", ({ session }) => [{ ...session, validFrom: "1026-12-01" }], "/0/validFrom", /not between/],
    [
      "an inverted validity",
      ({ session }) => [{ ...session, validTo: "2020-01-01" }],
      "/0/validTo",
      /at least one day/,
    ],
    ["an unknown location", ({ session }) => [{ ...session, locationId: NO_SUCH_ID }], "/0/locationId", /no location/],
    ["an unknown member", ({ session }) => [{ ...session, room: 4 }], "/0/room", "Unknown member"],
    ["too many sessions", ({ session }) => Array.from({ length: 300 }, () => session), "", /at most 100/],
    ["no list", () => ({}), "", /./],
  ])(
    "%s is refused with a pointer, in the preview as in the real call, and changes nothing",
    async (_, make, pointer, detail) => {
      const doctor = doctorOf("doctor7");
      const staff = await stack().as("staff1");
      const { body: sessions, headers } = await staff("GET", schedulePath(doctor));
      const [monday] = sessions.filter(({ weekday }: { weekday: number }) => weekday === 1);
      const body = make({ locationId: monday.locationId, session: { ...monday, from: "09:00", to: "12:00" } });
      const before = await fingerprint(stack());
      for (const reply of [
        await staff("POST", `${schedulePath(doctor)}/preview`, body),
        await staff("PUT", schedulePath(doctor), body, { "If-Match": headers.get("ETag") ?? "" }),
      ]) {
        expect(reply).toMatchObject({ status: 400, body: { code: "invalid-request" } });
        expect(reply.body.errors).toContainEqual(
          expect.objectContaining({
            pointer,
            detail: typeof detail === "string" ? detail : expect.stringMatching(detail),
          }),
        );
      }
      expect(await fingerprint(stack())).toEqual(before);
    },
  );

  test("413 payload-too-large for ten thousand rows", async () => {
    const doctor = doctorOf("doctor7");
    const staff = await stack().as("staff1");
    const { body: sessions, headers } = await staff("GET", schedulePath(doctor));
    const ifMatch = { "If-Match": headers.get("ETag") ?? "" };
    const before = await fingerprint(stack());
    const many = Array.from({ length: 10_000 }, () => sessions[0]);
    expect(await staff("PUT", schedulePath(doctor), many, ifMatch)).toMatchObject({
      status: 413,
      body: { code: "payload-too-large" },
    });
    expect(await fingerprint(stack())).toEqual(before);
  });
});

describe("createException", () => {
  test.each<[string, object, string]>([
    ["an inverted absence", { kind: "absence", fromDate: AFTER, toDate: AHEAD }, "/toDate"],
    ["half its hours", { kind: "absence", fromDate: AHEAD, toDate: AFTER, from: "09:00" }, "/to"],
    ["a date out of bounds", { kind: "absence", fromDate: "3027-03-02", toDate: "3027-03-03" }, "/fromDate"],
    ["a date that is none", { kind: "absence", fromDate: "2027-02-30", toDate: AFTER }, "/fromDate"],
    ["a year that is none", { kind: "absence", fromDate: "0000-01-01", toDate: AFTER }, "/fromDate"],
    ["a word for a date", { kind: "extra", date: "tomorrow", from: "9", to: "10", locationId: NO_SUCH_ID }, "/date"],
    ["an unknown kind", { kind: "holiday", fromDate: AHEAD, toDate: AFTER }, "/kind"],
    ["an extra session nowhere", { kind: "extra", date: AHEAD, from: "09:00", to: "10:00" }, "/locationId"],
    [
      "an extra session at an unknown place",
      { kind: "extra", date: AHEAD, from: "19:00", to: "20:00", locationId: NO_SUCH_ID },
      "/locationId",
    ],
  ])("400 invalid-request: %s is no exception, and changes nothing", async (_, body, pointer) => {
    const staff = await stack().as("staff1");
    const path = `/doctors/${doctorOf("doctor8").id}/exceptions`;
    const before = await fingerprint(stack());
    for (const reply of [await staff("POST", path, body), await staff("POST", `${path}/preview`, body)]) {
      expect(reply).toMatchObject({ status: 400, body: { code: "invalid-request" } });
      expect(reply.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    }
    expect(await fingerprint(stack())).toEqual(before);
  });

  test.each([
    ["in the past", "2025-03-03", "/date"],
    ["in the hour that the clocks skip", SPRING_FORWARD, "/from"],
  ])("400 invalid-request: An extra session %s, which would have no slot", async (_, date, pointer) => {
    const doctor = doctorOf("doctor8");
    const staff = await stack().as("staff1");
    const { locationId } = (await staff("GET", schedulePath(doctor))).body[0];
    const body = { kind: "extra", date, from: "01:00", to: "02:00", locationId };
    const reply = await staff("POST", `/doctors/${doctor.id}/exceptions`, body);
    expect(reply).toMatchObject({ status: 400, body: { code: "invalid-request", errors: [{ pointer }] } });
  });

  test("409 duplicate: An extra session cannot overlap a weekly session", async () => {
    const doctor = doctorOf("doctor1");
    const staff: Api = await stack().as("staff1");
    const { body: sessions } = await staff("GET", schedulePath(doctor));
    const monday = addDays(AHEAD, 8 - weekdayOf(AHEAD));
    const body = { kind: "extra", date: monday, from: "09:00", to: "10:00", locationId: sessions[0].locationId };
    for (const path of ["exceptions", "exceptions/preview"]) {
      const reply = await staff("POST", `/doctors/${doctor.id}/${path}`, body);
      expect(reply).toMatchObject({ status: 409, body: { code: "duplicate" } });
      expect(reply.body.errors[0].detail).toContain("overlaps the session of the weekly schedule");
    }
  });
});

describe("the nightly run", () => {
  test("The nightly cron and a signed callback extend the horizon, and a second run changes nothing", () =>
    withinOneDay(async () => {
      const slots = async () => {
        const [row] = await stack().sql<{ last: string; n: number }>(
          "select max(clinic_date)::text as last, count(*)::int as n from slots",
        );
        return row!;
      };
      // First to the horizon as it is today.
      expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
      const before = await slots();
      await stack().sql("update policy set horizon_days = horizon_days + 7");
      expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
      const after = await slots();
      expect(after.last).toBe(addDays(before.last, 7));
      expect(after.n).toBeGreaterThan(before.n + 500);
      expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
      expect(await slots()).toEqual(after);
      await stack().sql("delete from slots where clinic_date > $1", [before.last]);
      const published = await fetch(`${stack().urls.qstash}/v2/publish/${stack().urls.patientApp}jobs/extend-horizon`, {
        method: "POST",
        headers: { Authorization: `Bearer ${stack().env["QSTASH_TOKEN"]}`, "Content-Type": "application/json" },
        body: "{}",
      });
      expect(published.status).toBe(201);
      await expect.poll(slots).toEqual(after);
      const unsigned = await fetch(new URL("/jobs/extend-horizon", stack().urls.patientApp), {
        method: "POST",
        body: "{}",
      });
      expect(unsigned.status).toBe(401);
    }));

  test("A doctor whose calendar is locked is logged with the database's code, and the nightly run fails", async () => {
    const { id } = doctorOf("doctor3");
    const lines = () => stack().log.flatMap((line) => (line.includes('"not-extended"') ? [JSON.parse(line)] : []));
    const rival = new pg.Client({ connectionString: stack().urls.postgres });
    await rival.connect();
    try {
      await rival.query("begin");
      await rival.query("select from doctors where id = $1 for update", [id]);
      expect(await stack().worker.scheduled("17 2 * * *")).toBe("exception");
      await expect
        .poll(lines)
        .toMatchObject([{ event: "not-extended", doctorIds: expect.arrayContaining([id]), sqlState: "55P03" }]);
    } finally {
      await rival.end();
    }
    expect(await stack().worker.scheduled("17 2 * * *")).toBe("ok");
    expect(lines()).toHaveLength(1);
  });
});

async function fingerprint(stack: TestStack) {
  return stack.sql(
    `select (select md5(string_agg(t::text, '|' order by t.id)) from slots t) as slots,
       (select md5(string_agg(t::text, '|' order by t.id)) from schedules t) as schedules,
       (select md5(string_agg(t::text, '|' order by t.id)) from exceptions t) as exceptions,
       (select count(*) from audit where action ~ '^(schedule|exception|appointment.displace)') as audit, (select count(*) from cases) as cases`,
  );
}

/**
 * Replaces a doctor's seeded visits by five of new patients, who were notified. Two are within the next seven days and two
 * later, all on one weekday. One is on another weekday. Answers that weekday (ISO).
 */
async function fillDoctor(stack: TestStack, doctorId: string): Promise<number> {
  await stack.sql("update slots set appointment_id = null where doctor_id = $1", [doctorId]);
  await stack.sql("update appointments set status = 'cancelled', slot_id = null where doctor_id = $1", [doctorId]);
  const free = await stack.sql<{ id: string; weekday: number; hours: number }>(
    `select id, extract(isodow from clinic_date)::int as weekday, extract(epoch from starts_at - now())::float8 / 3600 as hours
     from slots where doctor_id = $1 and status = 'open' and hold_id is null and starts_at > now() order by starts_at`,
    [doctorId],
  );
  const soon = free.filter(({ hours }) => hours > 2 && hours < 7 * 24 - 1);
  const later = free.filter(({ hours }) => hours > 7 * 24 + 1 && hours < 21 * 24);
  const weekday = soon.find((slot) => later.some((other) => other.weekday === slot.weekday))!.weekday;
  const on = (slots: typeof free) => slots.filter((slot) => slot.weekday === weekday).slice(0, 2);
  const slots = [...on(soon), ...on(later), later.find((slot) => slot.weekday !== weekday)!].map(({ id }) => id);
  const patients = await stack.newPatients(slots.length);
  await stack.sql(
    `with visit as (
       insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at)
       select x.patient, s.doctor_id, s.location_id, s.id, s.starts_at, s.ends_at
       from unnest($1::uuid[], $2::uuid[]) x (slot, patient) join slots s on s.id = x.slot
       returning *),
     taken as (update slots s set appointment_id = v.id from visit v where s.id = v.slot_id)
     insert into outbox (appointment_id, patient_id, sequence, last_notified_at, last_notified)
     select v.id, v.patient_id, 0, now(), jsonb_build_object('state', 'booked', 'timeZone', l.time_zone,
       'startsAt', floor(1000 * extract(epoch from starts_at)), 'endsAt', floor(1000 * extract(epoch from ends_at)),
       'locationId', location_id, 'doctorId', doctor_id)
     from visit v join locations l on l.id = v.location_id`,
    [slots, patients.map(({ id }) => id)],
  );
  return weekday;
}
