import { expect, test } from "vitest";
import { sealMailLink } from "#adapters/mail-links.ts";
import { type TestStack, freeSlots } from "#test/support/stack.ts";

/** Unique words for what is private; none may turn up where it does not belong. */
const CANARY = {
  name: "Zanzibar Quetzalcoatl",
  email: "canary-xyzzy@patients.example",
  phone: "+353 1 999 7731",
  number: "CANARY-77191",
  reason: "canary-reason-plugh",
  note: "canary-note-frotz",
  override: "canary-override-gnusto",
  search: "quetzalcoatl",
  absence: "canary-absence-rezrov",
  merge: "canary-merge-bozbar",
};

/** One patient's whole life at the clinic, and every place that it leaves traces in. */
export function canaries(stack: () => TestStack): void {
  test("What is private stays in the clinic's records: not in logs, queue, Redis, addresses, mail subjects or errors", async () => {
    await stack().sql("update policy set quiet_seconds = 0, max_delay_seconds = 0");
    const errors: string[] = [];
    const addresses: string[] = [];
    const staff = await stack().as("staff1");
    const ask = async (...[method, path, body, headers]: Parameters<typeof staff>) => {
      const reply = await staff(method, path, body, headers);
      if (reply.status >= 400) errors.push(JSON.stringify(reply.body));
      for (const name of ["Location", "Link"]) addresses.push(reply.headers.get(name) ?? "");
      return reply;
    };
    const { name, email, phone, number } = CANARY;
    const made = await ask("POST", "/patients", { name, email, phone, number, dateOfBirth: "1971-07-17" });
    expect(made.status).toBe(201);
    const patientId = made.body.id as string;
    const [first, second] = await freeSlots(stack(), 2);
    const hold = async (slotId?: string) => (await ask("POST", "/holds", { slotId, patientId })).body.id as string;
    const booked = await ask("POST", "/appointments", { holdId: await hold(first?.id), reason: CANARY.reason });
    expect(booked.status).toBe(201);
    const path = `/appointments/${booked.body.id}`;
    const match = (reply: { headers: Headers }) => ({ "If-Match": reply.headers.get("ETag") ?? "" });
    const change = { holdId: await hold(second?.id), override: { reason: CANARY.override } };
    const moved = await ask("POST", `${path}/reschedule`, change, match(booked));
    expect(moved.status).toBe(200);
    await stack().worker.scheduled("* * * * *");
    await ask("GET", `/patients?q=${CANARY.search}`);
    await ask("GET", `/patients/${patientId}`);
    await ask("GET", `/audit?subject=${patientId}`);
    await ask("GET", `${path}/deliveries`);
    // Refusals that have the private words before them.
    await ask("POST", "/patients", { name, email, phone, number, dateOfBirth: "1971-07-17" });
    await ask("PATCH", `/patients/${patientId}`, { name, email: `${CANARY.note}@` }, match(made));
    await ask("POST", `${path}/cancel`, { reason: { by: "patient", code: "x", note: CANARY.note } }, match(moved));
    await ask("POST", "/appointments", { holdId: crypto.randomUUID(), reason: CANARY.reason });
    const { doctorId, locationId, startsAt } = moved.body;
    const told = { startsAt: Date.parse(startsAt), locationId };
    const link = { purpose: "come", appointmentId: booked.body.id, patientId, told } as const;
    const linkToken = await sealMailLink(String(stack().env["LINK_SECRET"]), link);
    expect(await answerByLink(`${stack().worker.url}/links/${linkToken}`)).toBe(200);
    const feedToken = await feedOf(stack());
    const absence = { kind: "absence", fromDate: "2031-05-05", toDate: "2031-05-05", note: CANARY.absence };
    const away = await ask("POST", `/doctors/${doctorId}/exceptions`, absence);
    expect(away.status).toBe(201);
    await ask("GET", `/doctors/${doctorId}/exceptions`);
    await ask("GET", `/board?from=${startsAt.slice(0, 10)}&to=${startsAt.slice(0, 10)}`);
    await ask("GET", `/audit?subject=${patientId}`, undefined, { Accept: "text/csv" });
    const twin = await ask("POST", "/patients", { name: `${name} II`, dateOfBirth: "1971-07-17" });
    const merge = { into: patientId, reason: CANARY.merge };
    expect((await ask("POST", `/patients/${twin.body.id}/merge`, merge, match(twin))).status).toBe(200);
    await ask("POST", `/patients/${twin.body.id}/merge`, merge, match(twin));
    const reason = { by: "clinic", code: "closed", note: CANARY.note };
    const cancelled = await ask("POST", `${path}/cancel`, { reason }, match(moved));
    expect(cancelled.status).toBe(200);
    await stack().worker.scheduled("* * * * *");
    expect(errors.length).toBeGreaterThan(2);

    const mails = await mailsTo(stack(), CANARY.email);
    expect(mails.length).toBeGreaterThan(0);
    const sinks = {
      log: stack().log.join("\n"),
      queue: JSON.stringify(stack().qstash.waiting().map(decoded)),
      redis: await redisDump(stack()),
      addresses: addresses.join("\n"),
      errors: errors.join("\n"),
      subjects: mails.map(({ subject }) => subject).join("\n"),
    };
    for (const [sink, text] of Object.entries(sinks)) {
      const secrets = [...Object.values(CANARY), linkToken, feedToken];
      const found = secrets.filter((word) => text.toLowerCase().includes(word.toLowerCase()));
      expect({ sink, found }).toEqual({ sink, found: [] });
      expect({ sink, token: /eyJ[\w-]+\.eyJ/.exec(text) }).toEqual({ sink, token: null });
    }
    // A mail says date, time, place and the patient's name. It never has the reason, the doctor, or the clinic's notes.
    const [doctor] = await stack().sql<{ name: string; specialty: string }>(
      "select d.name, d.specialty from appointments a join doctors d on d.id = a.doctor_id where a.id = $1",
      [booked.body.id],
    );
    for (const { body } of mails) {
      for (const word of [
        CANARY.reason,
        CANARY.note,
        CANARY.override,
        CANARY.number,
        CANARY.phone,
        doctor!.name,
        doctor!.specialty,
      ]) {
        expect(body.toLowerCase()).not.toContain(word.toLowerCase());
      }
    }
    await stack().sql("update policy set quiet_seconds = 60, max_delay_seconds = 600");
  });
}

/** Opens a link of a mail and presses its button, without a login. */
async function answerByLink(url: string): Promise<number> {
  const form = /name="form" value="([^"]+)"/.exec(await (await fetch(url)).text())?.[1] ?? "";
  return (await fetch(url, { method: "POST", body: new URLSearchParams({ form }) })).status;
}

/** The secret of a new calendar feed of another patient, which a calendar program has read. */
async function feedOf(stack: TestStack): Promise<string> {
  const { account } = await stack.newPatient();
  const { body } = await (await stack.as(account))("POST", "/calendar-feed", {});
  expect((await fetch(body.url)).status).toBe(200);
  return /([\w-]+)\.ics$/.exec(body.url)?.[1] ?? "";
}

/** A message of the queue with its body as text. */
function decoded({ bodyBase64, ...message }: { bodyBase64: string }): object {
  return { ...message, body: Buffer.from(bodyBase64, "base64").toString() };
}

/** All keys and values in Redis. */
async function redisDump(stack: TestStack): Promise<string> {
  const command = async (...words: string[]): Promise<unknown> => {
    const answer = await fetch(stack.urls.redisRest, {
      method: "POST",
      headers: { Authorization: `Bearer ${stack.env["UPSTASH_REDIS_REST_TOKEN"]}` },
      body: JSON.stringify(words),
    });
    return ((await answer.json()) as { result: unknown }).result;
  };
  const keys = (await command("KEYS", "*")) as string[];
  return JSON.stringify([keys, await Promise.all(keys.map((key) => command("GET", key)))]);
}

async function mailsTo(stack: TestStack, address: string): Promise<{ subject: string; body: string }[]> {
  const answer = await fetch(new URL("/store", stack.urls.inbox));
  const { emails } = (await answer.json()) as {
    emails: { subject: string; destination: { to: string[] }; body: object }[];
  };
  return emails
    .filter(({ destination }) => destination.to.includes(address))
    .map(({ subject, body }) => ({ subject, body: JSON.stringify(body) }));
}
