import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Act } from "#db/call.ts";
import { findPerson } from "#db/queries/people.ts";
import { findStaff, listStaff } from "#db/queries/staff.ts";
import { findApiClient, listApiClients, readApiKeys } from "#db/queries/api-clients.ts";
import { changeApiClient, createApiClient, rotateApiKey } from "#db/verbs/api-clients.ts";
import { beginSession, recordRefusal } from "#db/verbs/logins.ts";
import { erasePatient } from "#db/verbs/erase.ts";
import { mergePatients } from "#db/verbs/merge.ts";
import { findClinic, findLocation, listLocations } from "#db/queries/places.ts";
import { changeClinic, changeLocation, createLocation } from "#db/verbs/places.ts";
import { changePolicy } from "#db/verbs/policy.ts";
import { changeStaff, createStaff } from "#db/verbs/staff.ts";
import { createTestDatabase } from "#test/support/database.ts";
import { type Person, actOf, addSlots, foundClinic, hire, openDesk, setPolicy } from "#test/support/small-clinic.ts";

const desk = openDesk(await createTestDatabase({ template: "migrated" }));
afterAll(() => desk.close());
const { db, admin } = desk;
const quay = await foundClinic(admin);
const [one, two, clerk] = (await hire(admin, "staff", 3)) as [Person, Person, Person];
const [patient, other] = (await hire(admin, "patient", 2)) as [Person, Person];

beforeEach(async () => {
  await setPolicy(admin, { step_up_minutes: 0 });
  await admin.query("update people set administrator = role = 'staff' and id <> $1, active = true", [clerk.personId]);
});

/** An act whose login proved a second factor a number of minutes ago. */
const steppedUp = (person: Person, minutesAgo: number): Act => {
  const act = actOf(person);
  return { ...act, caller: { ...act.caller, secondFactorAt: Date.now() - minutesAgo * 60_000 } };
};
const versionOf = async (table: "people" | "policy" | "clinic" | "locations", id?: string): Promise<number> =>
  (await admin.query<{ version: number }>(`select version from ${table} ${id ? "where id = $1" : ""}`, id ? [id] : []))
    .rows[0]!.version;
const change = async (act: Act, person: Person, changes: Parameters<typeof changeStaff>[2]["changes"]) =>
  changeStaff(db, act, { staffId: person.personId, versions: [await versionOf("people", person.personId)], changes });
const placeOf = async (id: string) => ({ id, versions: [await versionOf("locations", id)] });
let logins = 0;
/** Some app that calls the API, in its present version. */
const clientOf = async () => {
  const { rows } = await admin.query<{ id: string; version: number }>(
    `insert into api_clients (name) values ('The app') on conflict (name) do update set name = excluded.name
     returning id, version`,
  );
  return { id: rows[0]!.id, versions: [rows[0]!.version] };
};

const PLACE = { address: "1 Test Street", timeZone: "Europe/Dublin", country: "IE", region: null };

/** Everything that only administrators may do. */
const ADMINISTRATION: Record<string, (act: Act) => Promise<{ kind: string; why?: unknown }>> = {
  create_staff: (act) => createStaff(db, act, { name: "New", subject: `auth0|new${++logins}`, administrator: false }),
  change_staff: async (act) => change(act, clerk, { name: `Clerk ${++logins}` }),
  change_policy: async (act) =>
    changePolicy(db, act, { versions: [await versionOf("policy")], changes: { freezeHours: 20 + (++logins % 9) } }),
  create_api_client: (act) => createApiClient(db, act, { name: `App ${++logins}`, tier: "standard", origins: [] }),
  change_api_client: async (act) => changeApiClient(db, act, await clientOf(), { name: `App ${++logins}` }),
  rotate_api_key: async (act) => rotateApiKey(db, act, await clientOf(), 60),
  change_clinic: async (act) =>
    changeClinic(db, act, { versions: [await versionOf("clinic")], changes: { name: `Clinic ${++logins}` } }),
  create_location: (act) => createLocation(db, act, { ...PLACE, name: `Place ${++logins}` }),
  change_location: async (act) => changeLocation(db, act, await placeOf(quay), { address: `${++logins} Test Street` }),
  merge_patients: (act) =>
    mergePatients(db, act, {
      sourceId: patient.id,
      versions: [7],
      targetId: other.id,
      targetVersion: null,
      reason: null,
    }),
  erase_patient: (act) => erasePatient(db, act, { id: patient.id, versions: [7] }),
};

describe("what only administrators may do", () => {
  test.each(Object.entries(ADMINISTRATION))("%s is refused to other staff: forbidden", async (_, attempt) => {
    expect(await attempt(actOf(clerk))).toEqual({ kind: "refused", why: { code: "forbidden" } });
    expect((await attempt(steppedUp(clerk, 0))).why).toEqual({ code: "forbidden" });
  });

  test.each(Object.entries(ADMINISTRATION))(
    "%s asks for a second factor once policy does, and takes one that is fresh: step-up-required",
    async (_, attempt) => {
      const allowed = (await attempt(actOf(one))).why;
      expect(allowed).not.toMatchObject({ code: "step-up-required" });
      await setPolicy(admin, { step_up_minutes: 15 });
      const why = { code: "step-up-required", minutes: 15 };
      expect(await attempt(actOf(one))).toEqual({ kind: "refused", why });
      expect(await attempt(steppedUp(one, 16))).toEqual({ kind: "refused", why });
      expect((await attempt(steppedUp(one, 14))).why).not.toMatchObject({ code: "step-up-required" });
    },
  );

  test("The refusal without a second factor is not kept: the same request is done after the login", async () => {
    await setPolicy(admin, { step_up_minutes: 15 });
    const input = { name: "Kept", subject: "auth0|kept", administrator: false };
    const key = { key: "step-up", hash: "one" };
    expect((await createStaff(db, { ...actOf(one), idempotency: key }, input)).kind).toBe("refused");
    const done = await createStaff(db, { ...steppedUp(one, 1), idempotency: key }, input);
    expect(done).toMatchObject({ kind: "done", replayed: false });
    expect(await createStaff(db, { ...actOf(one), idempotency: key }, input)).toMatchObject({ replayed: true });
  });

  test("Only an administrator who has proven a second factor can require one: step-up-required", async () => {
    const require = async (act: Act) =>
      changePolicy(db, act, { versions: [await versionOf("policy")], changes: { stepUpMinutes: 10 } });
    const why = { code: "step-up-required", minutes: 10 };
    expect(await require(actOf(one))).toEqual({ kind: "refused", why });
    expect(await require(steppedUp(one, 11))).toEqual({ kind: "refused", why });
    expect((await require(steppedUp(one, 1))).kind).toBe("done");
  });
});

describe("staff accounts", () => {
  test("A new account can log in at once, and its rights are those of its person at each request", async () => {
    const input = { name: "Fresh", subject: "auth0|fresh", administrator: true };
    const made = await createStaff(db, actOf(one), input);
    if (made.kind !== "done") throw new Error(made.kind);
    expect(made.result).toEqual({ ...input, id: expect.any(String), active: true, version: 1 });
    const fresh: Person = {
      id: made.result.id,
      personId: made.result.id,
      caller: { subject: input.subject, role: "staff", sessionVersion: 1 },
    };
    expect(await findPerson(db, fresh.caller)).toMatchObject({ name: "Fresh", administrator: true });
    expect((await change(actOf(fresh), clerk, { name: "Clerk by Fresh" })).kind).toBe("done");
    expect((await change(actOf(one), fresh, { administrator: false })).kind).toBe("done");
    expect(await change(actOf(fresh), clerk, { name: "No" })).toEqual({ kind: "refused", why: { code: "forbidden" } });
    expect((await change(actOf(one), fresh, { active: false })).kind).toBe("done");
    expect(await findPerson(db, fresh.caller)).toBeNull();
    expect(await findPerson(db, { ...fresh.caller, sessionVersion: null })).toBeNull();
    expect((await change(actOf(one), fresh, { active: true })).kind).toBe("done");
    // The session that began before stays over.
    expect(await findPerson(db, fresh.caller)).toBeNull();
    expect(await findPerson(db, { ...fresh.caller, sessionVersion: null })).not.toBeNull();
    const { rows } = await admin.query(
      "select action, after ->> 'administrator' as administrator, after ->> 'active' as active from audit where entity_id = $1 order by id",
      [fresh.id],
    );
    expect(rows).toEqual([
      { action: "staff.create", administrator: "true", active: "true" },
      { action: "staff.change", administrator: "false", active: "true" },
      { action: "staff.change", administrator: "false", active: "false" },
      { action: "staff.change", administrator: "false", active: "true" },
    ]);
  });

  test("Refused: login-taken, not-found, version-conflict, and wrong-state for the last administrator", async () => {
    const taken = { name: "Taken", subject: patient.caller.subject, administrator: false };
    expect((await createStaff(db, actOf(one), taken)).kind).toBe("refused");
    expect(await createStaff(db, actOf(one), taken)).toMatchObject({ why: { code: "login-taken" } });
    for (const staffId of [patient.personId, crypto.randomUUID()]) {
      const outcome = await changeStaff(db, actOf(one), { staffId, versions: [1], changes: { name: "X" } });
      expect(outcome).toEqual({ kind: "refused", why: { code: "not-found" } });
    }
    const old = await changeStaff(db, actOf(one), { staffId: two.personId, versions: [99], changes: { name: "X" } });
    expect(old).toMatchObject({ why: { code: "version-conflict" } });
    expect(await change(actOf(one), two, {})).toMatchObject({ kind: "done", replayed: false });
    await admin.query("update people set administrator = false where id <> $1", [one.personId]);
    for (const changes of [{ administrator: false }, { active: false }]) {
      expect(await change(actOf(one), one, changes)).toEqual({
        kind: "refused",
        why: { code: "wrong-state", current: "last-administrator" },
      });
    }
    expect((await change(actOf(one), one, { name: "Still One" })).kind).toBe("done");
  });

  test("Of two administrators who remove each other at once one remains", async () => {
    await admin.query("update people set administrator = false where id <> all($1)", [[one.personId, two.personId]]);
    for (let round = 0; round < 10; round++) {
      await admin.query("update people set administrator = true where id = any($1)", [[one.personId, two.personId]]);
      await Promise.all([
        change(actOf(one), two, { administrator: false }),
        change(actOf(two), one, { administrator: false }),
      ]);
      const { rows } = await admin.query("select from people where administrator and active");
      expect(rows).toHaveLength(1);
    }
  });

  test("All staff see the accounts, only administrators the logins, and patients nothing", async () => {
    const seen = await listStaff(db, clerk.caller, "all");
    expect(seen.item?.length).toBeGreaterThanOrEqual(3);
    expect(seen.item?.every(({ subject }) => subject === null)).toBe(true);
    expect((await findStaff(db, one.caller, clerk.personId)).item).toMatchObject({ subject: clerk.caller.subject });
    expect((await findStaff(db, one.caller, patient.personId)).item).toBeNull();
    await change(actOf(one), two, { active: false });
    const names = async (status: "active" | "inactive") =>
      (await listStaff(db, one.caller, status)).item?.map(({ id }) => id);
    expect(await names("inactive")).toContain(two.personId);
    expect(await names("active")).not.toContain(two.personId);
    expect(await listStaff(db, patient.caller, "all")).toEqual({ known: false, item: null });
  });
});

describe("the clinic and its locations", () => {
  test("Each change of the clinic is audited and gets a version. A zone that the database does not know is refused", async () => {
    const versions = [await versionOf("clinic")];
    const changes = { name: "Harbour Clinic", phone: "+353 1 555 0177", timeZone: "Europe/London" };
    const changed = await changeClinic(db, actOf(one), { versions, changes });
    expect(changed).toMatchObject({ kind: "done", result: { ...changes, version: (versions[0] ?? 0) + 1 } });
    expect(await changeClinic(db, actOf(one), { versions, changes })).toMatchObject({
      why: { code: "version-conflict", changedBy: expect.any(String) },
    });
    const now = [await versionOf("clinic")];
    const wrong = await changeClinic(db, actOf(one), { versions: now, changes: { timeZone: "Europe/Atlantis" } });
    expect(wrong).toEqual({ kind: "refused", why: { code: "unknown-zone" } });
    expect(await changeClinic(db, actOf(one), { versions: now, changes: {} })).toMatchObject({ kind: "done" });
    expect((await findClinic(db, clerk.caller)).item).toEqual({ ...changes, version: now[0] });
    expect(await findClinic(db, patient.caller)).toEqual({ known: false, item: null });
    await changeClinic(db, actOf(one), { versions: now, changes: { timeZone: "Europe/Dublin" } });
    const { rows } = await admin.query(
      "select before ->> 'timeZone' as was, after ->> 'timeZone' as becomes from audit where action = 'clinic.change' order by id desc limit 2",
    );
    expect(rows).toEqual([
      { was: "Europe/London", becomes: "Europe/Dublin" },
      { was: "Europe/Dublin", becomes: "Europe/London" },
    ]);
  });

  test("A new location is the last; its zone can be changed until it has slots to come: has-slots", async () => {
    const made = await createLocation(db, actOf(one), { ...PLACE, name: "North Wall" });
    if (made.kind !== "done") throw new Error(made.kind);
    const { id } = made.result;
    expect((await listLocations(db, clerk.caller)).item?.at(-1)).toEqual(made.result);
    expect((await findLocation(db, clerk.caller, id)).item).toMatchObject({ name: "North Wall", region: null });
    expect(await createLocation(db, actOf(one), { ...PLACE, name: "North Wall" })).toMatchObject({
      why: { code: "name-taken" },
    });
    expect(await createLocation(db, actOf(one), { ...PLACE, name: "Nowhere", timeZone: "Mars/Base" })).toMatchObject({
      why: { code: "unknown-zone" },
    });
    const change = async (changes: Parameters<typeof changeLocation>[3]) =>
      changeLocation(db, actOf(one), await placeOf(id), changes);
    expect(await change({ timeZone: "Europe/Lisbon", country: "PT" })).toMatchObject({
      kind: "done",
      result: { timeZone: "Europe/Lisbon", country: "PT", version: 2 },
    });
    expect(await change({ name: "Quay" })).toMatchObject({ why: { code: "name-taken" } });
    expect(await change({ timeZone: "Mars/Base" })).toMatchObject({ why: { code: "unknown-zone" } });
    expect(await change({ country: "PT" })).toMatchObject({ kind: "done", result: { version: 2 } });
    const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
    await addSlots(admin, doctor, id, [-60]);
    expect(await change({ timeZone: "Europe/Paris" })).toMatchObject({ kind: "done" });
    const [slot] = await addSlots(admin, doctor, id, [60]);
    expect(await change({ timeZone: "Europe/Dublin" })).toEqual({
      kind: "refused",
      why: { code: "wrong-state", current: "has-slots" },
    });
    expect(await change({ address: "2 Test Street" })).toMatchObject({ kind: "done" });
    // No reader uses the time of a removed slot's mark.
    await admin.query("update slots set status = 'closed', closed_by = 'removed', by_hand = 'removed' where id = $1", [
      slot,
    ]);
    expect(await change({ timeZone: "Europe/Dublin" })).toMatchObject({ kind: "done" });
    const old = await changeLocation(db, actOf(one), { id, versions: [1] }, { name: "X" });
    expect(old).toMatchObject({ why: { code: "version-conflict" } });
    const nowhere = { id: crypto.randomUUID(), versions: [1] };
    expect(await changeLocation(db, actOf(one), nowhere, { name: "X" })).toMatchObject({ why: { code: "not-found" } });
    expect((await findLocation(db, one.caller, nowhere.id)).item).toBeNull();
  });
});

describe("the audit trail of logins", () => {
  const trailOf = async (person: Person) =>
    (await admin.query("select action, after from audit where actor_id = $1 order by id", [person.personId])).rows;

  test("A login is recorded, with whether it proved a second factor", async () => {
    const [newcomer] = (await hire(admin, "patient", 1)) as [Person];
    expect(await beginSession(db, actOf(newcomer))).toMatchObject({ kind: "done", result: { patientId: newcomer.id } });
    await beginSession(db, steppedUp(newcomer, 1));
    expect(await trailOf(newcomer)).toEqual([
      { action: "session.begin", after: { secondFactor: false } },
      { action: "session.begin", after: { secondFactor: true } },
    ]);
  });

  test("A login that is no person's is not-found, and one that is switched off or of another role is forbidden", async () => {
    const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
    const begin = (caller: Act["caller"]) => beginSession(db, { ...actOf(doctor), caller });
    expect(await begin({ ...doctor.caller, subject: "nobody" })).toMatchObject({ why: { code: "not-found" } });
    expect(await begin({ ...doctor.caller, role: "staff" })).toMatchObject({ why: { code: "forbidden" } });
    await admin.query("update people set active = false where id = $1", [doctor.personId]);
    expect(await begin(doctor.caller)).toMatchObject({ why: { code: "forbidden" } });
    expect(await trailOf(doctor)).toEqual([]);
  });

  test("A refusal is recorded for a known person, switched off or not, once in five minutes for an operation", async () => {
    const [doctor] = (await hire(admin, "doctor", 1)) as [Person];
    await admin.query("update people set active = false where id = $1", [doctor.personId]);
    expect(await recordRefusal(db, actOf(doctor), "POST /api/v1/session")).toBe(true);
    expect(await recordRefusal(db, actOf(doctor), "POST /api/v1/session")).toBe(false);
    expect(await recordRefusal(db, actOf(doctor), "PATCH /api/v1/policy")).toBe(true);
    const stranger = { ...actOf(doctor), caller: { ...doctor.caller, subject: "nobody" } };
    expect(await recordRefusal(db, stranger, "PATCH /api/v1/policy")).toBe(false);
    expect(await trailOf(doctor)).toEqual([
      { action: "access.refuse", after: { operation: "POST /api/v1/session", role: "doctor" } },
      { action: "access.refuse", after: { operation: "PATCH /api/v1/policy", role: "doctor" } },
    ]);
  });
});

describe("apps that call the API", () => {
  const liveKeys = async (clientId: string) =>
    (await readApiKeys(db)).filter((key) => key.clientId === clientId).map(({ id }) => id);

  test("A new app has one key. Rotated, it has two until the first one's time is over, and never three", async () => {
    const made = await createApiClient(db, actOf(one), { name: "Kiosk", tier: "low", origins: ["https://a.example"] });
    if (made.kind !== "done") throw new Error(made.kind);
    const { id, keys } = made.result;
    expect(await readApiKeys(db)).toContainEqual({
      id: keys[0]!.id,
      clientId: id,
      tier: "low",
      origins: ["https://a.example"],
      expiresAt: null,
    });
    const rotate = async (version: number, overlap: number) => {
      const done = await rotateApiKey(db, actOf(one), { id, versions: [version] }, overlap);
      if (done.kind !== "done") throw new Error(JSON.stringify(done));
      return done.result.keys.map((key) => key.id);
    };
    const two = await rotate(1, 60);
    expect(two).toEqual([expect.any(String), keys[0]!.id]);
    const three = await rotate(2, 60);
    expect(three).toEqual([expect.any(String), two[0]]);
    expect((await liveKeys(id)).sort()).toEqual([...three].sort());
    expect(await rotate(3, 0)).toHaveLength(1);
    expect(await liveKeys(id)).toHaveLength(1);
    const { rows } = await admin.query("select action from audit where entity_id = $1 order by id", [id]);
    expect(rows.map(({ action }) => action)).toEqual([
      "api-client.create",
      "api-client.rotate",
      "api-client.rotate",
      "api-client.rotate",
    ]);
  });

  test("Switched off it has no valid key; switched on again it has. A change that changes nothing leaves no audit row", async () => {
    const { id } = await clientOf();
    await admin.query("delete from api_keys where client_id = $1", [id]);
    await admin.query("insert into api_keys (client_id) values ($1)", [id]);
    const change = async (changes: Parameters<typeof changeApiClient>[3]) =>
      changeApiClient(db, actOf(one), await clientOf(), changes);
    expect((await change({ active: false, tier: "high" })).kind).toBe("done");
    expect(await liveKeys(id)).toEqual([]);
    expect((await change({ active: true })).kind).toBe("done");
    expect(await liveKeys(id)).toHaveLength(1);
    const { rows } = await admin.query("select from audit where entity_id = $1", [id]);
    expect((await change({ tier: "high" })).kind).toBe("done");
    expect((await admin.query("select from audit where entity_id = $1", [id])).rows).toHaveLength(rows.length);
  });

  test("Refused: not-found, version-conflict, and name-taken for the name of another app", async () => {
    const nowhere = { id: crypto.randomUUID(), versions: [1] };
    const stale = { ...(await clientOf()), versions: [99] };
    await createApiClient(db, actOf(one), { name: "Taken", tier: "standard", origins: [] });
    for (const attempt of [
      (of: { id: string; versions: number[] }) => changeApiClient(db, actOf(one), of, { tier: "low" }),
      (of: { id: string; versions: number[] }) => rotateApiKey(db, actOf(one), of, 1),
    ]) {
      expect(await attempt(nowhere)).toMatchObject({ why: { code: "not-found" } });
      expect(await attempt(stale)).toMatchObject({ why: { code: "version-conflict" } });
    }
    const again = await createApiClient(db, actOf(one), { name: "Taken", tier: "standard", origins: [] });
    expect(again).toMatchObject({ why: { code: "name-taken" } });
    const renamed = await changeApiClient(db, actOf(one), await clientOf(), { name: "Taken" });
    expect(renamed).toMatchObject({ why: { code: "name-taken" } });
  });

  test("Administrators read them; to other staff they are not there", async () => {
    const { id } = await clientOf();
    expect((await listApiClients(db, one.caller)).item?.map((client) => client.id)).toContain(id);
    expect((await findApiClient(db, one.caller, id)).item).toMatchObject({ id, name: "The app" });
    expect((await findApiClient(db, one.caller, crypto.randomUUID())).item).toBeNull();
    expect(await listApiClients(db, clerk.caller)).toEqual({ known: false, item: null });
    expect(await findApiClient(db, clerk.caller, id)).toEqual({ known: false, item: null });
  });
});
