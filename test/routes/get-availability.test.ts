import { Temporal } from "temporal-polyfill";
import { beforeAll, describe, expect, test } from "vitest";
import { type Api, useStack } from "../support/stack.ts";

interface Offered {
  id: string;
  doctorId: string;
  startsAt: string;
}

interface Day {
  date: string;
  slots: Offered[];
  reason?: string;
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** Every state a slot can be in, as columns to set; `@a`, `@b` and `@z` stand for patients, `@appointment` for a booking. */
const MARKS: Record<string, string> = {
  open: "",
  "closed by staff": "status = 'closed', closed_by = 'staff'",
  "closed by a holiday": "status = 'closed', closed_by = 'holiday'",
  "closed by an absence": "status = 'closed', closed_by = 'absence'",
  booked: "appointment_id = @appointment",
  "booked on a closed slot": "appointment_id = @appointment, status = 'closed', closed_by = 'staff'",
  "held by somebody": "hold_id = uuidv7(), held_by = @z, hold_expires_at = now() + interval '1 hour'",
  "held once by somebody": "hold_id = uuidv7(), held_by = @z, hold_expires_at = now() - interval '1 second'",
  "held by patient a": "hold_id = uuidv7(), held_by = @a, hold_expires_at = now() + interval '1 hour'",
  "held once by patient a": "hold_id = uuidv7(), held_by = @a, hold_expires_at = now() - interval '1 second'",
  late: "late_opening = true",
  "late and held by somebody":
    "late_opening = true, hold_id = uuidv7(), held_by = @z, hold_expires_at = now() + interval '1 hour'",
  "late and closed": "late_opening = true, status = 'closed', closed_by = 'holiday'",
};

/** Minutes from now: past, under way, within the notice, around its edge (60), within the freeze, beyond it. */
const OFFSETS = [-2 * DAY, -3 * HOUR, -5, 15, 57, 64, 5 * HOUR, 30 * HOUR, 20 * DAY];
const ZONES = ["Europe/Dublin", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"];

describe("getAvailability, listAvailableDays, listOpenings and getToday", () => {
  const stack = useStack();
  const idOf = (account: string): string =>
    stack().accounts.find((known) => known.account === account)?.patientId ?? "";

  async function newLocation(zone: string, name: string): Promise<string> {
    const [row] = await stack().sql<{ id: string }>(
      "insert into locations (name, address, time_zone, country) values ($1, '1 Way', $2, 'IE') returning id",
      [name, zone],
    );
    return row?.id ?? "";
  }

  async function newDoctor(name: string, specialty: string): Promise<string> {
    const [row] = await stack().sql<{ id: string }>(
      "insert into doctors (name, specialty) values ($1, $2) returning id",
      [name, specialty],
    );
    return row?.id ?? "";
  }

  /** A slot of five minutes at an instant. */
  async function newSlot(doctorId: string, locationId: string, at: Date, set = ""): Promise<string> {
    const [row] = await stack().sql<{ id: string }>(
      `insert into slots (doctor_id, location_id, starts_at, ends_at, clinic_date, origin)
       select $1, id, $3, $3::timestamptz + interval '5 minutes', ($3::timestamptz at time zone time_zone)::date, 'staff'
       from locations where id = $2 returning id`,
      [doctorId, locationId, at],
    );
    if (set) await stack().sql(`update slots set ${set} where id = $1`, [row?.id]);
    return row?.id ?? "";
  }

  /** Books a patient into a slot past all rules, as years of use would have. */
  async function book(slotId: string, patient: string): Promise<void> {
    await stack().sql(
      `with booked as (
         insert into appointments (patient_id, doctor_id, location_id, slot_id, starts_at, ends_at, overlap_allowed)
         select $2, doctor_id, location_id, id, starts_at, ends_at, true from slots where id = $1 returning id, slot_id)
       update slots s set appointment_id = b.id from booked b where s.id = b.slot_id`,
      [slotId, patient],
    );
  }

  /** All days of a search, page by page. */
  async function search(call: Api, query: string, limit = 200): Promise<Day[]> {
    const days: Day[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const path: string = `/availability?${query}&limit=${limit}${cursor ? `&cursor=${cursor}` : ""}`;
      const { status, headers, body } = await call("GET", path);
      expect(status).toBe(200);
      days.push(...body.days);
      cursor = body.nextCursor;
      const next =
        cursor === null ? null : expect.stringMatching(/^<\/api\/v1\/availability\?.*cursor=.+>; rel="next"$/);
      expect(headers.get("Link")).toEqual(next);
    }
    return days;
  }
  const idsOf = (days: Day[]): string[] => days.flatMap(({ slots }) => slots.map(({ id }) => id));
  const today = (): Temporal.PlainDate => Temporal.Now.plainDateISO("Europe/Dublin");
  /** The clinic's date in this many days. */
  const day = (days: number): string => today().add({ days }).toString();
  const noonIn = (days: number): Date =>
    new Date(
      today().add({ days }).toZonedDateTime({ timeZone: "Europe/Dublin", plainTime: "12:00" }).epochMilliseconds,
    );

  test("200: Next openings are the first free time of each date with one, as staff and as a patient see them", async () => {
    for (const account of ["staff1", "patient2"]) {
      const call = await stack().as(account);
      const { status, body } = await call("GET", `/openings?from=${day(3)}`);
      expect(status).toBe(200);
      const days = await search(call, `from=${day(3)}&to=${day(23)}`);
      // A day with more times than a page is there twice.
      const named = days.filter(({ date }, n) => date !== days[n - 1]?.date);
      const first = named.flatMap(({ date, slots: [slot] }) => (slot ? [{ date, id: slot.id }] : [])).slice(0, 10);
      expect(body.items.map(({ date, slot }: { date: string; slot: Offered }) => ({ date, id: slot.id }))).toEqual(
        first,
      );
      expect(first).toHaveLength(10);
    }
    const patient = await stack().as("patient2");
    expect((await patient("GET", `/openings?patientId=${idOf("patient153")}`)).body.code).toBe("not-found");
    expect((await (await stack().as("doctor1"))("GET", "/openings")).status).toBe(403);
  });

  test("200: Staff see today at a glance, and doctors their own day; patients see neither", async () => {
    const staff = await stack().as("staff1");
    const { status, body } = await staff("GET", "/today?weeks=3");
    expect(status).toBe(200);
    expect(body.weeks).toHaveLength(4);
    expect((await staff("GET", "/today?weeks=27")).body.code).toBe("invalid-request");
    const own = (await (await stack().as("doctor1"))("GET", "/today")).body;
    expect(own.weeks).toHaveLength(9);
    expect(own.booked + own.arrived).toBeLessThanOrEqual(body.booked + body.arrived);
    expect((await (await stack().as("patient2"))("GET", "/today")).status).toBe(403);
  });

  describe("a clinic with slots in every state", () => {
    const slots: { id: string; doctorId: string; what: string }[] = [];
    const doctors: string[] = [];
    const window = () => `from=${day(-3)}&to=${day(22)}`;

    beforeAll(async () => {
      const places = await Promise.all(ZONES.map((zone) => newLocation(zone, `Everywhere ${zone}`)));
      // At each offset two slots are booked, by one patient. That they overlap does not matter here.
      const visitors = await stack().newPatients(OFFSETS.length);
      const now = Date.now();
      for (const [index, [mark, set]] of Object.entries(MARKS).entries()) {
        // A doctor for each state: their slots may then be at the same times.
        const doctorId = await newDoctor(`Dr ${mark}`, "Everything");
        doctors.push(doctorId);
        for (const [turn, offset] of OFFSETS.entries()) {
          const place = places[(index + turn) % places.length] ?? "";
          const columns = set
            .replace(/appointment_id = @appointment(, )?/, "")
            .replace("@a", `'${idOf("patient151")}'`)
            .replace("@z", `'${idOf("patient190")}'`);
          const id = await newSlot(doctorId, place, new Date(now + offset * 60_000), columns);
          if (set.includes("@appointment")) await book(id, visitors[turn]!.id);
          slots.push({ id, doctorId, what: `${mark}, ${offset} minutes` });
        }
      }
      await stack().sql("analyze");
      await stack().sql("create table slots_before as select * from slots");
      await stack().sql("create table patients_before as select * from patients");
    });

    /** Undoes a hold, so that each of them is tried in the same clinic. */
    async function undo(): Promise<void> {
      await stack().sql(
        `update slots s set hold_id = b.hold_id, held_by = b.held_by, hold_expires_at = b.hold_expires_at
         from slots_before b where b.id = s.id and s.hold_id is distinct from b.hold_id`,
      );
      await stack().sql(
        `update patients t set hold_quota_restored_at = null, hold_slot_ids = b.hold_slot_ids from patients_before b
         where b.id = t.id and (t.hold_slot_ids <> b.hold_slot_ids or t.hold_quota_restored_at is not null)`,
      );
    }

    // A patient without a hold sees what a visitor sees; that is compared further down.
    const VIEWERS: { viewer: string; looks: string | null; holds: string; for?: string }[] = [
      { viewer: "nobody, who then logs in", looks: null, holds: "patient2" },
      { viewer: "a patient with a hold", looks: "patient151", holds: "patient151" },
      { viewer: "staff", looks: "staff1", holds: "staff1", for: "patient2" },
    ];

    test.each(VIEWERS.flatMap((viewer) => ["staff", "patients"].map((policy) => ({ ...viewer, policy }))))(
      "$viewer (late openings: $policy) can hold every offered slot, and no other",
      async ({ looks, holds, for: whom, policy }) => {
        await stack().sql("update policy set late_openings = $1", [policy]);
        const looking = looks === null ? stack().nobody : await stack().as(looks);
        const holding = await stack().as(holds);
        const offered = new Set(idsOf(await search(looking, `specialty=Everything&${window()}`)));
        const outcome: Record<string, string> = {};
        const expected: Record<string, string> = {};
        const attempt = async ({ id, what }: (typeof slots)[number]) => {
          const body = whom === undefined ? { slotId: id } : { slotId: id, patientId: idOf(whom) };
          const reply = await holding("POST", "/holds", body);
          outcome[what] = reply.status === 201 ? "held" : `${reply.status} ${reply.body.code}`;
          expected[what] = offered.has(id) ? "held" : "409 slot-taken";
          return reply;
        };
        for (const slot of slots.filter(({ id }) => offered.has(id))) {
          const reply = await attempt(slot);
          expect(reply.body.slot?.id).toBe(slot.id);
          await undo();
        }
        // A refusal changes nothing, so these need not wait for one another.
        const others = slots.filter(({ id }) => !offered.has(id));
        for (let from = 0; from < others.length; from += 8)
          await Promise.all(others.slice(from, from + 8).map(attempt));
        expect(outcome).toEqual(expected);
        // Both answers occur, or nothing was shown.
        expect(new Set(Object.values(outcome))).toEqual(new Set(["held", "409 slot-taken"]));
        await stack().sql("update policy set late_openings = 'staff'");
      },
    );

    test("Each state of a slot is offered to the callers that the rules name", async () => {
      const offeredTo = async (account: string | null) => {
        const call = account === null ? stack().nobody : await stack().as(account);
        const offered = new Set(idsOf(await search(call, `specialty=Everything&${window()}`)));
        return slots.filter(({ id }) => offered.has(id)).map(({ what }) => what);
      };
      const far = [64, 5 * HOUR, 30 * HOUR, 20 * DAY];
      const near = [15, 57, ...far];
      const of = (marks: string[], offsets: number[]) =>
        Object.keys(MARKS).flatMap((mark) =>
          marks.includes(mark) ? offsets.map((at) => `${mark}, ${at} minutes`) : [],
        );
      const free = ["open", "held once by somebody", "held once by patient a"];
      expect(await offeredTo(null)).toEqual(of(free, far));
      expect(await offeredTo("patient2")).toEqual(of(free, far));
      expect(await offeredTo("patient151")).toEqual(of([...free, "held by patient a"], far));
      expect(await offeredTo("staff1")).toEqual(of([...free, "late"], near));
    });

    test("The same slots are offered by doctor, by specialty and without a filter, in order of date and start", async () => {
      const bySpecialty = await search(stack().nobody, `specialty=Everything&${window()}`);
      const byDoctor = await Promise.all(doctors.map((id) => search(stack().nobody, `doctorId=${id}&${window()}`)));
      const everybody = await search(stack().nobody, window());
      const ids = idsOf(bySpecialty);
      expect(byDoctor.flatMap(idsOf).sort()).toEqual([...ids].sort());
      expect(idsOf(everybody).filter((id) => slots.some((slot) => slot.id === id))).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
      expect(bySpecialty.map(({ date }) => date)).toEqual(Array.from({ length: 26 }, (_, i) => day(i - 3)));
      for (const { date, slots: list } of everybody) {
        const starts = list.map(({ startsAt }) => Date.parse(startsAt));
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
        for (const { startsAt } of list) expect(startsAt.slice(0, 10)).toBe(date);
      }
    });

    test.each([
      ["nobody", null],
      ["a patient", "patient2"],
      ["staff", "staff1"],
    ])("nextAvailable for %s is the first slot offered, and what a first-available hold takes", async (_, account) => {
      const call = account === null ? stack().nobody : await stack().as(account);
      const holder = await stack().as(account ?? "patient2");
      const named = account === "staff1" ? { patientId: idOf("patient2") } : {};
      for (const filter of [{ specialty: "Everything" }, ...doctors.map((doctorId) => ({ doctorId }))]) {
        const query = new URLSearchParams(filter).toString();
        const { nextAvailable } = (await call("GET", `/availability?${query}&${window()}`)).body;
        const [first = null] = (await search(call, `${query}&${window()}`)).flatMap(({ slots: list }) => list);
        expect(nextAvailable).toEqual(first);
        const held = await holder("POST", "/holds", { ...filter, ...named });
        expect(held.body.slot ?? null).toEqual(first);
        if (held.status === 201) await undo();
      }
    });
  });

  test("Availability is paged by day and answers 304 to its ETag. A day without slots has a reason or no sessions", async () => {
    const first = await stack().nobody("GET", "/availability?limit=150");
    expect(first.status).toBe(200);
    const dates: string[] = [];
    for (let page = first; ;) {
      dates.push(...page.body.days.map(({ date }: { date: string }) => date));
      if (page.body.nextCursor === null) break;
      page = await stack().nobody("GET", `/availability?limit=150&cursor=${page.body.nextCursor}`);
      expect(page.status).toBe(200);
    }
    expect(new Set(dates).size).toBe(7);
    const etag = first.headers.get("ETag") ?? "";
    const unchanged = await stack().nobody("GET", "/availability?limit=150", undefined, { "If-None-Match": etag });
    expect(unchanged.status).toBe(304);
    const past = await stack().nobody("GET", "/availability?from=2020-01-01&to=2020-01-02");
    expect(past.body.days).toEqual([
      { date: "2020-01-01", slots: [], reason: "past" },
      { date: "2020-01-02", slots: [], reason: "past" },
    ]);
    expect(past.body.nextAvailable).not.toBeNull();
  });

  test("200: The days' numbers are those of the offered times, once a specialty, start and location, with every filter", async () => {
    const { body: doctors } = await stack().nobody("GET", "/doctors");
    const specialtyOf = new Map<string, string>(
      doctors.items.map(({ id, specialty }: { id: string; specialty: string }) => [id, specialty]),
    );
    const place = (await stack().nobody("GET", "/config")).body.locations[0].id as string;
    const window = `from=${day(0)}&to=${day(13)}`;
    // Kept, for the test may last past midnight.
    const sameWeekday = [day(2), day(9)];
    const filters = [
      "",
      `doctorId=${doctors.items[0].id}`,
      `specialty=${encodeURIComponent(doctors.items[0].specialty)}&partOfDay=morning`,
      `locationId=${place}&partOfDay=afternoon`,
      `weekday=${today().add({ days: 2 }).dayOfWeek}&partOfDay=evening`,
    ];
    let empty = 0;
    for (const filter of filters) {
      const offered = await search(stack().nobody, `${filter}&${window}`);
      const times = new Map<string, Set<string>>();
      for (const { date, slots } of offered) {
        const known = times.get(date) ?? new Set();
        times.set(date, known);
        for (const { doctorId, locationId, startsAt } of slots as (Offered & { locationId: string })[]) {
          known.add([startsAt, locationId, specialtyOf.get(doctorId)].join());
          if (filter.includes("locationId")) expect(locationId).toBe(place);
          const hour = Number(startsAt.slice(11, 13));
          if (filter.includes("morning")) expect(hour).toBeLessThan(12);
          if (filter.includes("afternoon")) expect(hour >= 12 && hour < 17).toBe(true);
          if (filter.includes("evening")) expect(hour).toBeGreaterThanOrEqual(17);
          if (filter.includes("weekday")) expect(sameWeekday).toContain(date);
        }
      }
      const { status, headers, body } = await stack().nobody("GET", `/availability/days?${filter}&${window}`);
      expect(status).toBe(200);
      const days = body.days as { date: string; times: number; reason?: string }[];
      expect(days.map(({ date, times: count }) => [date, count])).toEqual(
        [...times].map(([date, set]) => [date, set.size]),
      );
      expect(body.nextDate).toBe(days.find(({ times: count }) => count > 0)?.date ?? body.nextDate);
      empty += days.filter(({ times: count }) => count === 0).length;
      const tag = { "If-None-Match": headers.get("ETag") ?? "" };
      expect((await stack().nobody("GET", `/availability/days?${filter}&${window}`, undefined, tag)).status).toBe(304);
    }
    expect(empty).toBeGreaterThan(0);
    const far = await stack().nobody("GET", `/availability/days?from=${day(500)}`);
    expect(far.body).toMatchObject({ nextDate: null });
    expect(far.body.days.every(({ reason }: Day) => reason === "not-released")).toBe(true);
    for (const wrong of ["weekday=8", "partOfDay=night", "locationId=x", `from=${day(0)}&to=${day(31)}`]) {
      expect((await stack().nobody("GET", `/availability/days?${wrong}`)).body.code).toBe("invalid-request");
    }
    const limited = await stack().newPatient();
    await stack().sql(
      `update patients set booking_times = array(select now() from policy, generate_series(1, patient_action_budget))
       where id = $1`,
      [limited.id],
    );
    const { body } = await (await stack().as(limited.account))("GET", "/availability/days");
    expect(body.days.map(({ reason }: Day) => reason)).toEqual(Array.from({ length: 7 }, () => "limit"));
    expect(body.nextDate).toBeNull();
  });

  describe("the reason of a day without a free slot", () => {
    let doctor: string;
    let place: string;
    const ask = async (days: number, query = `doctorId=${doctor}`): Promise<Day> => {
      const date = day(days);
      const { body } = await stack().nobody("GET", `/availability?${query}&from=${date}&to=${date}`);
      return body.days[0];
    };

    beforeAll(async () => {
      doctor = await newDoctor("Dr Empty", "Emptiness");
      place = await newLocation("Europe/Dublin", "Empty");
    });

    test("full: All slots of the day are booked, held or closed by hand", async () => {
      await book(await newSlot(doctor, place, noonIn(3)), idOf("patient192"));
      expect(await ask(3)).toEqual({ date: day(3), slots: [], reason: "full" });
      const set = `hold_id = uuidv7(), held_by = '${idOf("patient192")}', hold_expires_at = now() + interval '1 hour'`;
      await newSlot(doctor, place, noonIn(4), set);
      expect((await ask(4)).reason).toBe("full");
      await newSlot(doctor, place, noonIn(5), "status = 'closed', closed_by = 'staff'");
      expect((await ask(5)).reason).toBe("full");
    });

    test("holiday and absent: The slots of the day are closed for that. An open slot that is booked makes the day full", async () => {
      await newSlot(doctor, place, noonIn(6), "status = 'closed', closed_by = 'holiday'");
      expect((await ask(6)).reason).toBe("holiday");
      await newSlot(doctor, place, noonIn(7), "status = 'closed', closed_by = 'absence'");
      expect((await ask(7)).reason).toBe("absent");
      await book(await newSlot(doctor, place, new Date(noonIn(7).getTime() + HOUR * 60_000)), idOf("patient193"));
      expect((await ask(7)).reason).toBe("full");
    });

    test("holiday: The day is a holiday where the doctor works, even if it never had slots", async () => {
      const date = day(200);
      await stack().sql("insert into holidays (location_id, date, name, source) values ($1, $2, 'Test Day', 'staff')", [
        place,
        date,
      ]);
      expect((await ask(200)).reason).toBe("not-released");
      await stack().sql(
        `insert into schedules (doctor_id, location_id, weekday, from_time, to_time, valid_from)
         values ($1, $2, 1, '09:00', '12:00', '2020-01-01')`,
        [doctor, place],
      );
      expect((await ask(200)).reason).toBe("holiday");
      expect((await ask(201)).reason).toBe("not-released");
    });

    test("not-released: The day is the horizon or later", async () => {
      await stack().sql("update policy set horizon_days = 40");
      expect((await ask(40)).reason).toBe("not-released");
      expect(await ask(39)).toEqual({ date: day(39), slots: [] });
      await stack().sql("update policy set horizon_days = 90");
    });

    test("past: The day is over, or the part of it that could be booked", async () => {
      expect((await ask(-1)).reason).toBe("past");
      const at = new Date(Date.now() - 20 * 60_000);
      await newSlot(doctor, place, at);
      const date = Temporal.Instant.fromEpochMilliseconds(at.getTime())
        .toZonedDateTimeISO("Europe/Dublin")
        .toPlainDate()
        .toString();
      const { body } = await stack().nobody("GET", `/availability?doctorId=${doctor}&from=${date}&to=${date}`);
      expect(body.days).toEqual([{ date, slots: [], reason: "past" }]);
    });

    test("A day without sessions has no reason, and nextAvailable looks beyond the window", async () => {
      expect(await ask(10)).toEqual({ date: day(10), slots: [] });
      const none = await stack().nobody("GET", `/availability?doctorId=${doctor}&from=${day(10)}`);
      expect(none.body.nextAvailable).toBeNull();
      const id = await newSlot(doctor, place, noonIn(70));
      const next = await stack().nobody("GET", `/availability?doctorId=${doctor}&from=${day(10)}`);
      expect(next.body.nextAvailable.id).toBe(id);
      expect(idsOf(next.body.days)).toEqual([]);
      const after = await stack().nobody("GET", `/availability?doctorId=${doctor}&from=${day(71)}`);
      expect(after.body.nextAvailable).toBeNull();
    });

    test("The ETag stays while nothing changes, and a hold changes it", async () => {
      const path = `/availability?doctorId=${doctor}&from=${day(68)}&to=${day(75)}`;
      const first = await stack().nobody("GET", path);
      const etag = first.headers.get("ETag") ?? "";
      expect((await stack().nobody("GET", path, undefined, { "If-None-Match": etag })).status).toBe(304);
      const holder = await stack().as("patient160");
      const held = await holder("POST", "/holds", { doctorId: doctor });
      expect(held.status).toBe(201);
      const changed = await stack().nobody("GET", path, undefined, { "If-None-Match": etag });
      expect(changed.status).toBe(200);
      expect(changed.body.days[2].slots).toEqual([]);
      // The patient with the hold sees no difference but the answer's own tag.
      expect((await holder("GET", path)).body).toEqual(first.body);
      await holder("DELETE", `/holds/${held.body.id}`);
      expect((await stack().nobody("GET", path)).headers.get("ETag")).toBe(etag);
    });
  });

  describe("days on which clocks change", () => {
    test.each(["Europe/Dublin", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu"])(
      "%s: Every slot has the date and the wall-clock time of its location, and is on one page",
      async (zone) => {
        const doctor = await newDoctor(`Dr ${zone}`, `Clocks of ${zone}`);
        const place = await newLocation(zone, `Clocks of ${zone}`);
        let at = Temporal.Now.zonedDateTimeISO(zone).add({ days: 2 });
        const expected: { id: string; at: number }[] = [];
        for (let turn = 0; turn < 2; turn++) {
          at = at.getTimeZoneTransition("next") ?? at.add({ days: 90 });
          // Half-hours from well before to well after, stepped as instants.
          for (let step = -60; step < 60; step++) {
            const instant = Math.floor(at.epochMilliseconds / 900_000) * 900_000 + step * 1_800_000;
            expected.push({ id: await newSlot(doctor, place, new Date(instant)), at: instant });
          }
          const from = at.toPlainDate().subtract({ days: 3 }).toString();
          const to = at.toPlainDate().add({ days: 3 }).toString();
          const window = `doctorId=${doctor}&from=${from}&to=${to}`;
          const wanted = expected.slice(-120).map(({ id, at: instant }) => ({ id, ...wallOf(instant, zone), instant }));
          for (const limit of [200, 60, 7]) {
            const days = await search(stack().nobody, window, limit);
            const seen = days.flatMap(({ date, slots }) =>
              slots.map(({ id, startsAt }) => ({
                id,
                date,
                wall: startsAt.slice(0, 16),
                instant: Date.parse(startsAt),
              })),
            );
            expect(seen).toEqual(wanted);
            // Whole days, unless a day alone is longer than a page.
            if (limit > 50) expect(days.map(({ date }) => date)).toEqual([...new Set(days.map(({ date }) => date))]);
          }
        }
      },
    );
  });
});

/** Date and time on the wall at an instant, as the runtime's own calendar says, and not ours. */
function wallOf(instant: number, zone: string): { date: string; wall: string } {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).format(instant);
  return { date: parts.slice(0, 10), wall: parts.replace(" ", "T") };
}
