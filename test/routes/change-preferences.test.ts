import { describe, expect, test } from "vitest";
import { useStack } from "../support/stack.ts";

const stack = useStack();
const match = (reply: { headers: Headers }) => ({ "If-Match": reply.headers.get("ETag") ?? "" });
const patientIdOf = (account: string) => stack().accounts.find((known) => known.account === account)?.patientId ?? "";
const trailOf = (account: string) =>
  stack().sql<{ action: string; before: object; after: object; own: boolean }>(
    `select a.action, a.before, a.after, a.actor_id = t.person_id as own from audit a join patients t on t.id = a.patient_id
     where a.patient_id = $1 and a.action in ('preferences.change', 'patient.change') order by a.id`,
    [patientIdOf(account)],
  );

describe("getPreferences and changePreferences", () => {
  test("A patient reads and changes the own preferences, in the clinic's languages, each change once in the audit trail", async () => {
    const patient = await stack().as("patient181");
    const read = await patient("GET", "/preferences");
    expect(read).toMatchObject({
      status: 200,
      body: { language: "en", reminders: true, languages: ["en", "de"], email: "patient181@patients.example" },
    });
    expect(read.body.mailStopped).toBe(false);
    const changed = await patient("PATCH", "/preferences", { language: "de", reminders: false }, match(read));
    expect(changed).toMatchObject({ status: 200, body: { language: "de", reminders: false } });
    expect((await patient("GET", "/preferences")).body).toEqual(changed.body);
    const same = await patient("PATCH", "/preferences", { language: "de" }, match(changed));
    expect(same.headers.get("ETag")).toBe(changed.headers.get("ETag"));
    expect(await trailOf("patient181")).toEqual([
      {
        action: "preferences.change",
        before: { language: "en", reminders: true },
        after: { language: "de", reminders: false },
        own: true,
      },
    ]);
  });

  test("400, 412, 428: A language that the clinic does not offer, an old version and no version are refused", async () => {
    const patient = await stack().as("patient182");
    const read = await patient("GET", "/preferences");
    expect(await patient("PATCH", "/preferences", { language: "ga" }, match(read))).toMatchObject({
      status: 400,
      body: { code: "invalid-request", errors: [{ pointer: "/language", detail: expect.stringContaining("en, de") }] },
    });
    expect((await patient("PATCH", "/preferences", {}, match(read))).body.code).toBe("invalid-request");
    expect((await patient("PATCH", "/preferences", { email: "x@example.org" }, match(read))).status).toBe(400);
    expect((await patient("PATCH", "/preferences", { reminders: false })).body.code).toBe("precondition-required");
    expect((await patient("PATCH", "/preferences", { reminders: false }, match(read))).status).toBe(200);
    expect((await patient("PATCH", "/preferences", { reminders: true }, match(read))).body.code).toBe(
      "version-conflict",
    );
    expect((await patient("GET", "/preferences")).body).toMatchObject({ language: "en", reminders: false });
  });

  test("Staff change the preferences in the patient's record, and the wish to stay at one location", async () => {
    const staff = await stack().as("staff1");
    const id = patientIdOf("patient183");
    const read = await staff("GET", `/patients/${id}`);
    expect(read.body).toMatchObject({ language: "en", reminders: true, keepsLocation: false });
    const changes = { language: "de", reminders: false, keepsLocation: true };
    expect(await staff("PATCH", `/patients/${id}`, changes, match(read))).toMatchObject({ status: 200, body: changes });
    const theirs = await (await stack().as("patient183"))("GET", "/preferences");
    expect(theirs.body).toMatchObject({ language: "de", reminders: false });
    expect(await trailOf("patient183")).toMatchObject([{ action: "patient.change", after: changes, own: false }]);
    const wrong = await staff("PATCH", `/patients/${id}`, { language: "ga" }, match(theirs));
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: "/language" }] } });
    const opened = { name: "Ada Kelly", dateOfBirth: "1984-02-29" };
    expect((await staff("POST", "/patients", { ...opened, language: "ga" })).status).toBe(400);
    expect((await staff("POST", "/patients", { ...opened, language: "de" })).body.language).toBe("de");
  });

  test("403 forbidden for staff and doctors, 401 unauthenticated without a login: preferences are the patient's alone", async () => {
    expect((await stack().nobody("GET", "/preferences")).status).toBe(401);
    for (const account of ["staff1", "doctor1"]) {
      expect((await (await stack().as(account))("GET", "/preferences")).body.code).toBe("forbidden");
    }
  });

  test("The preferences say that no mail goes to the address any more", async () => {
    await stack().sql("insert into suppressions (address, reason) values ('patient184@patients.example', 'bounce')");
    const patient = await stack().as("patient184");
    expect((await patient("GET", "/preferences")).body.mailStopped).toBe(true);
  });
});
