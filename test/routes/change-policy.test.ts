import { beforeEach, describe, expect, test } from "vitest";
import { POLICY, POLICY_NAMES } from "#domain/policy.ts";
import { type Reply, freeSlots, useStack } from "../support/stack.ts";

const DEFAULTS = Object.fromEntries(POLICY_NAMES.map((name) => [name, POLICY[name].default]));

const stack = useStack();

beforeEach(async () => {
  await stack().sql("update people set administrator = true where subject in ('auth0|staff2', 'auth0|staff3')");
  await stack().sql("delete from policy");
  await stack().sql("insert into policy default values");
});

const audits = () =>
  stack().sql<{ actor: string; before: Record<string, unknown>; after: Record<string, unknown> }>(
    `select p.subject as actor, a.before, a.after from audit a join people p on p.id = a.actor_id
     where a.action = 'policy.change' order by a.id`,
  );

describe("getPolicy", () => {
  test("Staff read every setting with its bounds, default, unit and what it does", async () => {
    const { status, body, headers } = await (await stack().as("staff1"))("GET", "/policy");
    expect(status).toBe(200);
    expect(headers.get("ETag")).toBe('"1"');
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(body).toEqual({ ...DEFAULTS, bounds: POLICY, changedBy: null, changedAt: expect.any(String) });
  });
});

describe("changePolicy and getConfig", () => {
  test("Staff change some settings. The others stay, and one audit row has the old and the new values", async () => {
    const staff = await stack().as("staff2");
    const trail = (await audits()).length;
    const changes = { freezeHours: 48, reminderHours: [48, 2], lateOpenings: "patients" };
    const changed = await staff("PATCH", "/policy", changes, { "If-Match": '"1"' });
    expect(changed.status).toBe(200);
    expect(changed.headers.get("ETag")).toBe('"2"');
    expect(changed.body).toMatchObject({ ...DEFAULTS, ...changes, changedBy: "Gearóid Mac Cárthaigh" });
    expect((await staff("GET", "/policy")).body).toEqual(changed.body);
    const [row, ...more] = (await audits()).slice(trail);
    expect(more).toEqual([]);
    expect(row).toEqual({ actor: "auth0|staff2", before: DEFAULTS, after: { ...DEFAULTS, ...changes } });
    expect((await stack().nobody("GET", "/config")).body.freezeHours).toBe(48);
  });

  test("Staff choose the languages. Patients whose language is not offered get the first one, and keep their choice", async () => {
    const staff = await stack().as("staff1");
    const patient = await stack().as("patient173");
    const both = await staff("PATCH", "/policy", { locales: ["en", "de"] }, { "If-Match": '"1"' });
    expect(both).toMatchObject({ status: 200, body: { locales: ["en", "de"], mailNamesDoctor: false } });
    const preferences = await patient("GET", "/preferences");
    const own = { "If-Match": preferences.headers.get("ETag") ?? "" };
    expect((await patient("PATCH", "/preferences", { language: "de" }, own)).status).toBe(200);
    const [row] = await stack().sql<{ id: string }>(
      "select id from patients where person_id = (select id from people where subject = 'auth0|patient173')",
    );
    const { status } = await staff("PATCH", "/policy", { locales: ["en"] }, { "If-Match": '"2"' });
    expect(status).toBe(200);
    expect((await stack().nobody("GET", "/config")).body.locales).toEqual(["en"]);

    const now = await patient("GET", "/preferences");
    expect(now.body).toMatchObject({ language: "en", languages: ["en"] });
    const about = await staff("GET", `/patients/${row?.id}`);
    expect(about.body.language).toBe("de");
    // Their other choices do not change their language.
    const version = { "If-Match": now.headers.get("ETag") ?? "" };
    expect((await patient("PATCH", "/preferences", { reminders: false }, version)).status).toBe(200);
    const person = { name: "Nora Neu", dateOfBirth: "1980-01-02" };
    expect(await staff("POST", "/patients", { ...person, language: "de" })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/language", detail: "One of the clinic's languages: en" }] },
    });

    const back = await staff("PATCH", "/policy", { locales: ["de", "en"] }, { "If-Match": '"3"' });
    expect(back.status).toBe(200);
    expect((await patient("GET", "/preferences")).body).toMatchObject({ language: "de", languages: ["de", "en"] });
    const created = await staff("POST", "/patients", person);
    expect(created).toMatchObject({ status: 201, body: { language: "de" } });
  });

  test("A setting with the value that it has changes nothing: no new version, no audit row", async () => {
    const staff = await stack().as("staff1");
    const trail = (await audits()).length;
    const same = await staff("PATCH", "/policy", { freezeHours: 24, reminderHours: [24] }, { "If-Match": '"1"' });
    expect(same).toMatchObject({ status: 200, body: DEFAULTS });
    expect(same.headers.get("ETag")).toBe('"1"');
    expect(await audits()).toHaveLength(trail);
  });

  test("428 precondition-required without a version, 412 version-conflict with who changed the policy and when", async () => {
    const staff = await stack().as("staff1");
    expect(await staff("PATCH", "/policy", { freezeHours: 12 })).toMatchObject({
      status: 428,
      body: { code: "precondition-required" },
    });
    await (
      await stack().as("staff3")
    )("PATCH", "/policy", { changeBudget: 5 }, { "If-Match": '"1"' });
    const late = await staff("PATCH", "/policy", { freezeHours: 12 }, { "If-Match": '"1"' });
    expect(late).toMatchObject({ status: 412, body: { code: "version-conflict", changedBy: "Patrycja Zielińska" } });
    expect(Math.abs(Date.parse(late.body.changedAt) - Date.now())).toBeLessThan(30_000);
    expect((await staff("GET", "/policy")).body).toMatchObject({ freezeHours: 24, changeBudget: 5 });
  });

  test("412 version-conflict: Of two changes of one version at the same time, one is made and the other refused", async () => {
    const [one, two] = [await stack().as("staff1"), await stack().as("staff2")];
    const replies = await Promise.all([
      one("PATCH", "/policy", { freezeHours: 1 }, { "If-Match": '"1"' }),
      two("PATCH", "/policy", { freezeHours: 2 }, { "If-Match": '"1"' }),
    ]);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 412]));
  });

  test.each([
    ["an unknown setting", { freezeHours: 12, freezeMinutes: 1 }, ["/freezeMinutes"]],
    ["a setting that is the answer's only", { freezeHours: 12, bounds: {} }, ["/bounds"]],
    ["nothing at all", {}, [""]],
    ["too little", { slotMinutes: 4 }, ["/slotMinutes"]],
    ["too much", { holdSeconds: 1801 }, ["/holdSeconds"]],
    ["a fraction", { freezeHours: 1.5 }, ["/freezeHours"]],
    ["a number as text", { freezeHours: "24" }, ["/freezeHours"]],
    ["null", { freezeHours: null }, ["/freezeHours"]],
    ["a reminder twice", { reminderHours: [2, 2] }, ["/reminderHours"]],
    ["too many reminders", { reminderHours: [1, 2, 3, 4, 5, 6] }, ["/reminderHours"]],
    ["a word that is none", { lateOpenings: "everybody" }, ["/lateOpenings"]],
    ["a language that no mail is written in", { locales: ["en", "fr"] }, ["/locales/1"]],
    ["a language twice", { locales: ["de", "de"] }, ["/locales"]],
    ["no language", { locales: [] }, ["/locales"]],
    ["a switch that is a word", { mailNamesDoctor: "yes" }, ["/mailNamesDoctor"]],
    ["waiting longer for peace than at all", { quietSeconds: 700 }, ["/quietSeconds", "/maxDelaySeconds"]],
    ["less time at all than for peace", { maxDelaySeconds: 59 }, ["/quietSeconds", "/maxDelaySeconds"]],
    [
      "a hold longer than a day's holding",
      { holdMinutesPerDay: 5, holdSeconds: 301 },
      ["/holdSeconds", "/holdMinutesPerDay"],
    ],
  ])(
    "400 invalid-request: %s is refused with the member's pointer, and changes nothing",
    async (_, changes, pointers) => {
      const staff = await stack().as("staff1");
      const trail = (await audits()).length;
      const refused = await staff("PATCH", "/policy", changes, { "If-Match": '"1"' });
      expect(refused).toMatchObject({ status: 400, body: { code: "invalid-request" } });
      expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
      expect((await staff("GET", "/policy")).body).toMatchObject({ ...DEFAULTS, changedBy: null });
      expect(await audits()).toHaveLength(trail);
    },
  );

  test("403 forbidden for patients and doctors, 401 unauthenticated without a login: only staff see and change the policy", async () => {
    for (const account of ["patient2", "doctor1"]) {
      const call = await stack().as(account);
      expect((await call("GET", "/policy")).status).toBe(403);
      expect((await call("PATCH", "/policy", { freezeHours: 1 }, { "If-Match": '"1"' })).status).toBe(403);
    }
    expect((await stack().nobody("GET", "/policy")).status).toBe(401);
    expect((await stack().nobody("PATCH", "/policy", { freezeHours: 1 }, { "If-Match": '"1"' })).status).toBe(401);
  });

  test("A shorter hold time applies to the next hold, and not to a hold that exists", async () => {
    const [staff, first, second] = [
      await stack().as("staff1"),
      await stack().as("patient171"),
      await stack().as("patient172"),
    ];
    const [one, two] = await freeSlots(stack(), 2);
    const running = await first("POST", "/holds", { slotId: one?.id });
    expect(running.status).toBe(201);
    const changed = await staff("PATCH", "/policy", { holdSeconds: 30, holdExtensions: 0 }, { "If-Match": '"1"' });
    expect(changed.status).toBe(200);
    expect((await first("GET", `/holds/${running.body.id}`)).body.expiresAt).toBe(running.body.expiresAt);
    const next = await second("POST", "/holds", { slotId: two?.id });
    expect(next.body.expiresInMs).toBe(30_000);
    expect(next.body.extensionsLeft).toBe(0);
    expect((await second("POST", "/holds", { slotId: one?.id })).body.code).toBe("slot-taken");
    expect((await first("POST", "/appointments", { holdId: running.body.id })).status).toBe(201);
  });
});

describe("getClinic, changeClinic, listLocations, getLocation, createLocation and changeLocation", () => {
  const match = ({ headers }: Pick<Reply, "headers">) => ({ "If-Match": headers.get("ETag") ?? "" });
  const PLACE = { name: "Canal Dock", address: "3 Canal Dock, Dublin 2", timeZone: "Europe/Dublin", country: "IE" };

  test("Administrators change the clinic, which every app reads; 403 forbidden for other staff, who read it", async () => {
    const [administrator, clerk] = [await stack().as("staff1"), await stack().as("staff4")];
    const before = await clerk("GET", "/clinic");
    expect(before).toMatchObject({ status: 200, body: { name: "Liffey Clinic", timeZone: "Europe/Dublin" } });
    const changes = { name: "Liffey Street Clinic", phone: "+353 1 555 0111" };
    expect((await clerk("PATCH", "/clinic", changes, match(before))).status).toBe(403);
    const changed = await administrator("PATCH", "/clinic", changes, match(before));
    expect(changed).toMatchObject({ status: 200, body: changes });
    expect((await stack().nobody("GET", "/config")).body.clinic).toMatchObject(changes);
    const late = await administrator("PATCH", "/clinic", { name: "X" }, match(before));
    expect(late).toMatchObject({ status: 412, body: { code: "version-conflict", changedBy: "Sinéad Walsh" } });
    for (const [bad, pointer] of [
      [{ timeZone: "Europe/Atlantis" }, "/timeZone"],
      [{ timeZone: "+01:00" }, "/timeZone"],
      [{ phone: "none" }, "/phone"],
      [{ name: " " }, "/name"],
    ] as const) {
      const refused = await administrator("PATCH", "/clinic", bad, match(changed));
      expect(refused).toMatchObject({ status: 400, body: { code: "invalid-request", errors: [{ pointer }] } });
    }
    const back = { name: before.body.name, phone: before.body.phone };
    expect((await administrator("PATCH", "/clinic", back, match(changed))).status).toBe(200);
  });

  test("A location is added and changed; 400, 404, 409 name what is wrong: zone, country, region, name, slots to come", async () => {
    const [administrator, clerk] = [await stack().as("staff1"), await stack().as("staff4")];
    expect((await clerk("POST", "/locations", PLACE)).status).toBe(403);
    for (const [bad, pointer] of [
      [{ timeZone: "Europe/Atlantis" }, "/timeZone"],
      [{ country: "ie" }, "/country"],
      [{ country: "ZZ" }, "/country"],
      [{ region: "BY" }, "/region"],
    ] as const) {
      const refused = await administrator("POST", "/locations", { ...PLACE, ...bad });
      expect(refused).toMatchObject({ status: 400, body: { code: "invalid-request", errors: [{ pointer }] } });
    }
    const made = await administrator("POST", "/locations", PLACE);
    expect(made).toMatchObject({ status: 201, body: { ...PLACE, region: null } });
    const path = made.headers.get("Location")?.replace("/api/v1", "") ?? "";
    expect(await administrator("POST", "/locations", PLACE)).toMatchObject({
      status: 409,
      body: { code: "duplicate", errors: [{ pointer: "/name" }] },
    });
    expect((await clerk("GET", "/locations")).body.items.at(-1)).toEqual(made.body);
    expect((await clerk("GET", path)).body).toEqual(made.body);

    expect((await clerk("PATCH", path, { name: "X" }, match(made))).status).toBe(403);
    const alone = await administrator("PATCH", path, { region: "BY" }, match(made));
    expect(alone).toMatchObject({ status: 400, body: { errors: [{ pointer: "/country" }] } });
    const munich = { timeZone: "Europe/Berlin", country: "DE", region: "BY" };
    const moved = await administrator("PATCH", path, munich, match(made));
    expect(moved).toMatchObject({ status: 200, body: { ...PLACE, ...munich } });
    const whole = await administrator("PATCH", path, { country: "DE" }, match(moved));
    expect(whole).toMatchObject({ status: 200, body: { country: "DE", region: null } });
    expect((await administrator("PATCH", path, { name: "X" }, match(made))).status).toBe(412);

    const nowhere = `/locations/${crypto.randomUUID()}`;
    expect((await administrator("GET", nowhere)).status).toBe(404);
    expect((await administrator("PATCH", nowhere, { name: "X" }, match(made))).status).toBe(404);
    const busy = (await clerk("GET", "/locations")).body.items[0].id as string;
    const now = match(await administrator("GET", `/locations/${busy}`));
    expect(await administrator("PATCH", `/locations/${busy}`, { timeZone: "Europe/Paris" }, now)).toMatchObject({
      status: 409,
      body: { code: "wrong-state", current: "has-slots" },
    });
  });
});
