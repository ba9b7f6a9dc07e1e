import { beforeAll, describe, expect, test } from "vitest";
import { signRequest } from "#dev/qstash/signing.ts";
import { type Api, freeSlots, useStack, slotsInTurn } from "../support/stack.ts";

const stack = useStack();
// Only notifications that a test makes due are sent.
beforeAll(() =>
  stack().sql("update policy set reminder_hours = '{}', quiet_seconds = 3600, max_delay_seconds = 86400"),
);

const nextSlot = slotsInTurn(stack);
const book = async (account: string) => {
  const call = await stack().as(account);
  const held = await call("POST", "/holds", { slotId: await nextSlot() });
  const booked = await call("POST", "/appointments", { holdId: held.body.id, reason: "SECRET-REASON-CANARY" });
  expect(booked.status).toBe(201);
  return { id: booked.body.id as string, patientId: booked.body.patientId as string, headers: booked.headers };
};
const address = (patientId: string, email: string | null) =>
  stack().sql("update patients set email = $2 where id = $1", [patientId, email]);
/** The cron's run for one appointment's notice. */
const tellNow = async (appointmentId: string) => {
  await stack().sql("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [
    appointmentId,
  ]);
  expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
};
const statesOf = async (staff: Api, appointmentId: string) => {
  const { status, body } = await staff("GET", `/appointments/${appointmentId}/deliveries`);
  expect(status).toBe(200);
  return (body.items as { kind: string; state: string; why: string | null }[]).map(({ kind, state, why }) => ({
    kind,
    state,
    why,
  }));
};
const tasksOf = async (staff: Api, patientId: string, status = "open") => {
  const { body } = await staff("GET", `/tasks?status=${status}`);
  return (body.items as { id: string; kind: string; patientId: string; version: number }[]).filter(
    (task) => task.patientId === patientId,
  );
};
const mailsTo = async (to: string) => {
  const { emails } = (await (await fetch(new URL("/store", stack().urls.inbox))).json()) as {
    emails: { subject: string; destination?: { to?: string[] } }[];
  };
  return emails
    .filter((mail) => mail.destination?.to?.some((each) => each.toLowerCase() === to))
    .map(({ subject }) => subject);
};

describe("listDeliveries, resumeMail, listTasks, finishTask and runTaskAgain", () => {
  test("A mail that arrived is shown to staff as delivered, and patients do not see its state", async () => {
    const { id } = await book("patient181");
    await tellNow(id);
    const staff = await stack().as("staff1");
    await expect.poll(() => statesOf(staff, id)).toEqual([{ kind: "booked", state: "delivered", why: null }]);
    const [read] = await stack().sql("select entity_id from audit where action = 'delivery.list' and entity_id = $1", [
      id,
    ]);
    expect(read).toEqual({ entity_id: id });
    const patient = await stack().as("patient181");
    expect((await patient("GET", `/appointments/${id}/deliveries`)).status).toBe(403);
    expect((await patient("GET", "/tasks")).status).toBe(403);
  });

  test.each([
    ["bounce", "bounced", "mail-bounced", "bounce-permanent-general"],
    ["complaint", "complained", "mail-complained", "complaint-abuse"],
  ])(
    "After a %s no mail goes to the address until staff allow it, and each is recorded once",
    async (kind, state, task, why) => {
      const to = `${kind}+one@simulator.amazonses.com`;
      const account = kind === "bounce" ? "patient182" : "patient183";
      const { id, patientId } = await book(account);
      await address(patientId, to.toUpperCase());
      await tellNow(id);
      const staff = await stack().as("staff1");
      await expect.poll(() => statesOf(staff, id)).toEqual([{ kind: "booked", state, why }]);
      expect((await staff("GET", `/patients/${patientId}`)).body.mailStopped).toBe(kind);
      const [opened] = await tasksOf(staff, patientId);
      expect(opened).toMatchObject({ kind: task, version: 1 });

      // A further notice is not sent, and says why; the open task stays one.
      const { id: second } = await book(account);
      await tellNow(second);
      expect(await statesOf(staff, second)).toEqual([{ kind: "booked", state: "failed", why: "suppressed" }]);
      expect(await tasksOf(staff, patientId)).toHaveLength(1);
      expect(await mailsTo(to)).toHaveLength(1);

      // Mail is accepted again, and the missed notification is sent.
      await stack().sql("update patients set email = $2 where id = $1", [
        patientId,
        `well.${account}@patients.example`,
      ]);
      expect((await staff("GET", `/patients/${patientId}`)).body.mailStopped).toBeNull();
      await stack().sql("update patients set email = $2 where id = $1", [patientId, to]);
      const resumed = await staff("POST", `/patients/${patientId}/mail/resume`);
      expect(resumed.status).toBe(200);
      expect(resumed.body.mailStopped).toBeNull();
      expect(await tasksOf(staff, patientId)).toEqual([]);
      await expect.poll(() => mailsTo(to)).toHaveLength(2);
      const audited = await stack().sql(
        "select action from audit where action = 'patient.resume-mail' and patient_id = $1",
        [patientId],
      );
      expect(audited).toHaveLength(1);
    },
  );

  test("A patient without an address gets no mail, and staff get one task. It is finished once, by If-Match, and audited", async () => {
    const { id, patientId } = await book("patient184");
    await address(patientId, null);
    await tellNow(id);
    const staff = await stack().as("staff1");
    expect(await statesOf(staff, id)).toEqual([{ kind: "booked", state: "failed", why: "no-address" }]);
    const [task] = await tasksOf(staff, patientId);
    const done = (headers?: Record<string, string>) => staff("POST", `/tasks/${task?.id}/done`, undefined, headers);
    expect((await done()).body.code).toBe("precondition-required");
    expect((await done({ "If-Match": '"7"' })).body.code).toBe("version-conflict");
    const first = await done({ "If-Match": '"1"' });
    expect({ status: first.status, etag: first.headers.get("ETag"), is: first.body.status }).toEqual({
      status: 200,
      etag: '"2"',
      is: "done",
    });
    expect((await done({ "If-Match": '"2"' })).body.code).toBe("wrong-state");
    expect((await staff("POST", `/tasks/${crypto.randomUUID()}/done`, undefined, { "If-Match": '"1"' })).status).toBe(
      404,
    );
    const audited = await stack().sql("select action from audit where entity = 'task' and entity_id = $1", [task?.id]);
    expect(audited).toEqual([{ action: "task.finish" }]);
  });

  test("No mail goes to a patient who died, or to their family. Bookings are cancelled, and staff get a task", async () => {
    const { id, patientId } = await book("patient197");
    await tellNow(id);
    const staff = await stack().as("staff1");
    const read = await staff("GET", `/patients/${patientId}`);
    expect(read.body).toMatchObject({ active: true, inactiveBecause: null, stillBooked: null });
    const match = { "If-Match": read.headers.get("ETag") ?? "" };
    const off = { active: false, inactiveBecause: "died" };
    const switched = await staff("PATCH", `/patients/${patientId}`, off, match);
    expect(switched).toMatchObject({ status: 200, body: { ...off, stillBooked: [{ id, status: "booked" }] } });
    const holding = await staff("POST", "/holds", { patientId });
    expect(holding).toMatchObject({ status: 409, body: { code: "wrong-state", current: "patient-inactive" } });
    const again = { "If-Match": switched.headers.get("ETag") ?? "" };
    const body = { active: false, cancelAppointments: true };
    expect((await staff("PATCH", `/patients/${patientId}`, body, again)).body.stillBooked).toEqual([]);
    expect((await staff("GET", `/appointments/${id}`)).body).toMatchObject({
      status: "cancelled",
      cancellation: { by: "patient", code: "deceased" },
    });
    await tellNow(id);
    expect(await statesOf(staff, id)).toMatchObject([
      { kind: "cancelled", state: "failed", why: "patient-inactive" },
      { kind: "booked" },
    ]);
    expect(await tasksOf(staff, patientId)).toMatchObject([{ kind: "patient-inactive" }]);
    expect(await mailsTo(read.body.email.toLowerCase())).toHaveLength(1);
  });

  test("A mail that SES refuses for good is not sent again, and is a task", async () => {
    const { id, patientId } = await book("patient191");
    await address(patientId, "x");
    await tellNow(id);
    const staff = await stack().as("staff1");
    const refused = [{ kind: "booked", state: "failed", why: "MessageRefused" }];
    expect(await statesOf(staff, id)).toEqual(refused);
    expect(await tasksOf(staff, patientId)).toMatchObject([{ kind: "mail-refused" }]);
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    expect(await statesOf(staff, id)).toEqual(refused);
  });

  test("The list of tasks is paged, the oldest first, and the audit trail has the patients that it showed", async () => {
    const staff = await stack().as("staff2");
    const ids: string[] = [];
    for (let path: string | null = "/tasks?limit=1"; path;) {
      const { body, headers } = await staff("GET", path);
      ids.push(...(body.items as { id: string }[]).map(({ id }) => id));
      expect(headers.get("Link") !== null).toBe(body.nextCursor !== null);
      path = body.nextCursor ? `/tasks?limit=1&cursor=${body.nextCursor}` : null;
    }
    const rows = await stack().sql<{ id: string }>(
      "select id from tasks order by date_trunc('milliseconds', created_at), id",
    );
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(2);
    expect((await staff("GET", "/tasks?cursor=nonsense")).status).toBe(400);
    const noted = await stack().sql("select 1 from audit where action = 'task.list'");
    expect(noted.length).toBeGreaterThan(0);
  });
});

describe("transferAppointment", () => {
  test("A transfer notifies both patients, keeps no words of the first patient, and is audited for both", async () => {
    const { id, patientId, headers } = await book("patient185");
    await tellNow(id);
    const staff = await stack().as("staff1");
    const call = await stack().as("patient186");
    const { patientId: recipientId } = await book("patient186");
    const match = { "If-Match": headers.get("ETag") ?? "", "Idempotency-Key": crypto.randomUUID() };
    const path = `/appointments/${id}/transfer`;
    const first = await stack().as("patient185");
    expect((await first("POST", path, { patientId: recipientId }, match)).status).toBe(403);
    for (const nobody of [crypto.randomUUID(), patientId]) {
      const refused = await staff("POST", path, { patientId: nobody }, { "If-Match": match["If-Match"] });
      expect({ status: refused.status, pointer: refused.body.errors?.[0].pointer }).toEqual({
        status: 400,
        pointer: "/patientId",
      });
    }
    const done = await staff("POST", path, { patientId: recipientId }, match);
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ patientId: recipientId, reason: null, status: "booked" });
    expect((await staff("POST", path, { patientId: recipientId }, match)).body).toEqual(done.body);
    expect((await first("GET", `/appointments/${id}`)).status).toBe(404);
    expect((await call("GET", `/appointments/${id}`)).status).toBe(200);

    // The former patient must not learn what the new patient does.
    const [other] = await freeSlots(stack(), 1);
    const { body: held } = await call("POST", "/holds", { slotId: other?.id });
    const own = { "If-Match": done.headers.get("ETag") ?? "" };
    expect((await call("POST", `/appointments/${id}/reschedule`, { holdId: held.id }, own)).status).toBe(200);
    await tellNow(id);
    const [booked, cancelled, ...more] = await mailsTo("patient185@patients.example");
    expect(more).toEqual([]);
    expect(cancelled).toBe(booked?.replace(" is booked: ", " is cancelled: "));
    expect(cancelled).toContain("cancelled");
    expect((await mailsTo("patient186@patients.example")).some((subject) => subject.includes("booked"))).toBe(true);
    const audited = await stack().sql<{ patient_id: string }>(
      "select patient_id from audit where action = 'appointment.transfer' and entity_id = $1",
      [id],
    );
    expect(audited.map((row) => row.patient_id).sort()).toEqual([patientId, recipientId].sort());
  });

  test("409 overlaps-own-appointment: A transfer to a patient with another appointment at that time needs an override", async () => {
    const { id, headers } = await book("patient187");
    const { id: rival, patientId: recipientId } = await book("patient188");
    await stack().sql(
      `update appointments a set starts_at = b.starts_at, ends_at = b.ends_at from appointments b where a.id = $1 and b.id = $2`,
      [rival, id],
    );
    const staff = await stack().as("staff1");
    const match = { "If-Match": headers.get("ETag") ?? "" };
    const path = `/appointments/${id}/transfer`;
    const refused = await staff("POST", path, { patientId: recipientId }, match);
    expect({ status: refused.status, ...refused.body }).toMatchObject({
      status: 409,
      code: "overlaps-own-appointment",
      appointmentId: rival,
    });
    const override = { reason: "Two siblings at once" };
    expect((await staff("POST", path, { patientId: recipientId, override }, match)).status).toBe(200);
  });
});

describe("messages of SNS and QStash", () => {
  describe("messages of SNS", () => {
    const post = (body: unknown, isolate = stack().urls.patientApp) =>
      fetch(new URL("/feedback/ses", isolate), {
        method: "POST",
        headers: { "Content-Type": "text/plain; charset=UTF-8" },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    const notification = (message: object | string = {}, version: "1" | "2" = "2") =>
      stack().ses.topic.envelope(
        { Type: "Notification", Message: typeof message === "string" ? message : JSON.stringify(message) },
        version,
      );

    test("204: Any message of SNS signed with version 1 or 2 is accepted. A repeated bounce has no further effect", async () => {
      const { id, patientId } = await book("patient189");
      await tellNow(id);
      const staff = await stack().as("staff1");
      await expect.poll(async () => (await statesOf(staff, id))[0]?.state).toBe("delivered");
      const [delivery] = await stack().sql<{ id: string; message_id: string }>(
        "select id, message_id from deliveries where appointment_id = $1",
        [id],
      );
      const to = "patient189@patients.example";
      const bounced = {
        notificationType: "Bounce",
        mail: { messageId: delivery?.message_id, destination: [to] },
        bounce: {
          bounceType: "Permanent",
          bounceSubType: "NoEmail",
          bouncedRecipients: [{ emailAddress: to }, { emailAddress: "somebody@else.example" }],
        },
      };
      for (const message of ["", "not JSON", "{}", { eventType: "Send", mail: { messageId: "x" } }]) {
        expect((await post(notification(message, "1"))).status).toBe(204);
      }
      const transient = {
        ...bounced,
        bounce: { ...bounced.bounce, bounceType: "Transient", bounceSubType: "MailboxFull" },
      };
      expect((await post(notification(transient))).status).toBe(204);
      expect((await statesOf(staff, id))[0]).toMatchObject({ state: "delivered" });
      const envelope = notification(bounced, "1");
      expect((await post(envelope)).status).toBe(204);
      expect((await statesOf(staff, id))[0]).toEqual({
        kind: "booked",
        state: "bounced",
        why: "bounce-permanent-noemail",
      });
      expect(
        await stack().sql("select address from suppressions where address in ($1, 'somebody@else.example')", [to]),
      ).toEqual([{ address: to }]);
      expect((await staff("POST", `/patients/${patientId}/mail/resume`)).status).toBe(200);
      expect((await post(envelope)).status).toBe(204);
      expect((await staff("GET", `/patients/${patientId}`)).body.mailStopped).toBeNull();
    });

    test("403 for another topic. 401 for a message of SNS that is unsigned, altered, broken or signed by another certificate", async () => {
      const good = notification({ eventType: "Complaint", mail: { messageId: "m" } });
      const { pem, ...paths } = { pem: good["SigningCertURL"]!, other: "/SimpleNotificationService-00.pem" };
      const evil = "https://sns.eu-central-1.amazonaws.com.evil.example";
      const origin = stack().env["SNS_ORIGIN"];
      expect((await post({ ...good, TopicArn: "arn:aws:sns:eu-central-1:000000000001:ses-feedback" })).status).toBe(
        403,
      );
      const bad: unknown[] = [
        "",
        "{}",
        "[]",
        "\0",
        { ...good, Message: `${good["Message"]} ` },
        { ...good, Type: "SubscriptionConfirmation", Token: "t", SubscribeURL: `${origin}/` },
        { ...good, Type: "Nonsense" },
        { ...good, Timestamp: "2020-01-01T00:00:00.000Z" },
        { ...good, Signature: "" },
        { ...good, Signature: "AAAA" },
        { ...good, Signature: "not base64!" },
        { ...good, SignatureVersion: "1" },
        { ...good, SignatureVersion: "3" },
        { ...good, Subject: "one that was not signed" },
        { ...good, SigningCertURL: `${origin}${paths.other}` },
        { ...good, SigningCertURL: `${pem}?x` },
        { ...good, SigningCertURL: `${pem}#x` },
        { ...good, SigningCertURL: pem.replace("http://", "http://user@") },
        { ...good, SigningCertURL: pem.replace("/Simple", "/x/../Simple").replace("x/../", "a/") },
        { ...good, SigningCertURL: pem.replace(String(origin), evil) },
        { ...good, SigningCertURL: pem.replace(String(origin), "https://sns.eu-central-1.amazonaws.com") },
        { ...good, SigningCertURL: "data:text/plain,x" },
      ];
      for (const body of bad) expect({ body, status: (await post(body)).status }).toEqual({ body, status: 401 });
      expect((await post("x".repeat(70_000))).status).toBe(413);
      expect((await post(good)).status).toBe(204);
    });

    test("503: While the certificate of SNS cannot be read, SNS must send its messages again", async () => {
      const isolate = await stack().startIsolate();
      const envelope = notification({});
      await stack().ses.down();
      try {
        expect((await post(envelope, isolate.url)).status).toBe(503);
      } finally {
        await stack().ses.up();
      }
      expect((await post(envelope)).status).toBe(204);
    });
  });

  test("A dead letter of QStash is one task with job, ids and appointment, after any number of reports", async () => {
    const { id } = await book("patient190");
    const publish = () =>
      fetch(`${stack().env["QSTASH_URL"]}/v2/publish/${stack().env["PUBLIC_URL"]}/jobs/notify`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${stack().env["QSTASH_TOKEN"]}`,
          "Content-Type": "application/json",
          "Upstash-Retries": "5",
          "Upstash-Failure-Callback": `${stack().env["PUBLIC_URL"]}/jobs/failed`,
        },
        // A member that the job does not know: it is not retried.
        body: JSON.stringify({ appointmentId: id, more: "SECRET-REASON-CANARY" }),
      });
    const { attempts } = stack().qstash.stats();
    expect((await publish()).status).toBeLessThan(300);
    const staff = await stack().as("staff1");
    const failed = async () => (await staff("GET", "/tasks?kind=job-failed&status=open")).body.items;
    await expect.poll(failed).toHaveLength(1);
    const [task] = await failed();
    expect(task).toMatchObject({ appointmentId: id, detail: { job: "notify", count: 1, letters: [{ status: 489 }] } });
    expect(JSON.stringify(task)).not.toContain("CANARY");
    // It was marked as final: one call of the job, and one that reports it.
    expect(stack().qstash.stats().attempts - attempts).toBe(2);
    await publish();
    await expect.poll(async () => (await failed())[0]?.detail.count).toBe(2);
    const [again, ...more] = await failed();
    expect(more).toEqual([]);

    // Staff have the job run again: the appointment's notice is sent, and the task is done.
    await stack().sql("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [id]);
    const path = `/tasks/${again.id}/run-again`;
    expect((await staff("POST", path)).body.code).toBe("precondition-required");
    expect(await staff("POST", path, undefined, { "If-Match": '"77"' })).toMatchObject({ status: 412 });
    const match = { "If-Match": `"${again.version}"`, "Idempotency-Key": crypto.randomUUID() };
    const done = await staff("POST", path, undefined, match);
    expect(done).toMatchObject({ status: 200, body: { status: "done", version: again.version + 1 } });
    await expect.poll(() => statesOf(staff, id)).toEqual([{ kind: "booked", state: "delivered", why: null }]);
    expect((await staff("POST", path, undefined, match)).body).toEqual(done.body);
    const twice = { "If-Match": done.headers.get("ETag") ?? "" };
    expect((await staff("POST", path, undefined, twice)).body).toMatchObject({ code: "wrong-state", current: "done" });
    const audited = await stack().sql("select action from audit where entity_id = $1", [again.id]);
    expect(audited).toEqual([{ action: "task.run-again" }]);

    // Only a failed job can run again.
    const [other] = await stack().sql<{ id: string }>(
      "insert into tasks (kind, patient_id) select 'no-address', id from patients limit 1 returning id",
    );
    expect((await staff("POST", `/tasks/${other?.id}/run-again`, undefined, { "If-Match": '"1"' })).status).toBe(404);
  });

  test("401: The public keys of the SDK's development server are refused, even with QSTASH_DEV=1", async () => {
    const isolate = await stack().startIsolate({ QSTASH_DEV: "1" });
    const callBack = async (key: string) => {
      const body = JSON.stringify({ appointmentId: crypto.randomUUID() });
      const url = `${stack().env["PUBLIC_URL"]}/jobs/notify`;
      const signature = await signRequest(key, url, Buffer.from(body), Date.now());
      const headers = { "Content-Type": "application/json", "Upstash-Signature": signature };
      return (await fetch(`${isolate.url}/jobs/notify`, { method: "POST", headers, body })).status;
    };
    expect(await callBack("sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r")).toBe(401);
    expect(await callBack("sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs")).toBe(401);
    expect(await callBack(stack().env["QSTASH_CURRENT_SIGNING_KEY"] ?? "")).toBe(204);
    expect(await callBack(stack().env["QSTASH_NEXT_SIGNING_KEY"] ?? "")).toBe(204);
  });

  test("The Worker logs no address, no reason and no token", () => {
    const lines = stack().log.join("\n");
    expect(lines).toContain('"event":"feedback"');
    expect(lines).not.toMatch(/SECRET-REASON-CANARY|@patients\.example|simulator\.amazonses|eyJ/i);
  });
});
