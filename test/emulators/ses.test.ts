import { mkdtempSync, appendFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSes } from "#dev/ses/ses.ts";
import type { Ses } from "#dev/ses/ses.ts";

const { simpleParser } = createRequire(import.meta.url)("mailparser") as {
  simpleParser: (raw: Buffer) => Promise<{
    subject: string;
    text: string;
    html: string;
    to: { text: string };
    attachments: { contentType: string; content: Buffer; headers: Map<string, { params: Record<string, string> }> }[];
  }>;
};

const credentials = { accessKeyId: "AKIAHOLDFAST", secretAccessKey: "local-secret", region: "eu-west-1" };
const client = (change: object = {}) => new AwsClient({ ...credentials, service: "ses", retries: 0, ...change });

const CALENDAR = [
  "BEGIN:VCALENDAR",
  "VERSION:2.0",
  "METHOD:REQUEST",
  "BEGIN:VEVENT",
  "UID:appointment-1@holdfast.example",
  "SEQUENCE:2",
  "SUMMARY:Termin – Praxis Müller",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const RAW = [
  "From: Holdfast <clinic@holdfast.example>",
  "To: patient1@example.com",
  "Subject: =?utf-8?Q?Booked_=E2=80=93_Rathmines?=",
  "MIME-Version: 1.0",
  'Content-Type: multipart/alternative; boundary="part"',
  "",
  "--part",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  base64("Tuesday 1 December, 10:15 – see http://127.0.0.1:8787/appointments."),
  "--part",
  "Content-Type: text/html; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  base64("<p>Tuesday <b>1 December</b></p><script>alert(1)</script>"),
  "--part",
  'Content-Type: text/calendar; method=REQUEST; charset="utf-8"',
  "Content-Transfer-Encoding: base64",
  "",
  base64(CALENDAR),
  "--part--",
  "",
].join("\r\n");

const simple = (change: object = {}) => ({
  FromEmailAddress: "Holdfast <clinic@holdfast.example>",
  Destination: { ToAddresses: ["patient2@example.com"] },
  Content: { Simple: { Subject: { Data: "Reminder <b>" }, Body: { Text: { Data: "Tomorrow at 10:15" } } } },
  ...change,
});
const rawMail = (change: object = {}) => ({
  FromEmailAddress: "clinic@holdfast.example",
  Destination: { ToAddresses: ["patient1@example.com"] },
  Content: { Raw: { Data: base64(RAW) } },
  ...change,
});

let ses: Ses;
let dataDir: string;

const post = (body: string, by: AwsClient = client(), signal?: AbortSignal) =>
  by.fetch(`${ses.url}/v2/email/outbound-emails`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    ...(signal ? { signal } : {}),
  });
async function send(body: object, by?: AwsClient) {
  const response = await post(JSON.stringify(body), by);
  return {
    status: response.status,
    type: response.headers.get("x-amzn-errortype"),
    body: (await response.json()) as { MessageId?: string; message?: string },
  };
}
const get = (path: string) => fetch(ses.url + path);
const stored = async () => ((await (await get("/store")).json()) as { emails: Record<string, unknown>[] }).emails;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "holdfast-ses-"));
  ses = await startSes({ port: 0, dataDir, credentials });
});
beforeEach(() => ses.clear());
afterEach(() => {
  for (const fault of Object.values(ses.faults)) fault.off();
});
afterAll(async () => {
  await ses.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("SendEmail with aws4fetch", () => {
  test("A simple mail with configuration set and tags is accepted and in the product's store", async () => {
    const sent = await send(
      simple({
        ConfigurationSetName: "holdfast",
        EmailTags: [{ Name: "kind", Value: "reminder" }],
        ReplyToAddresses: ["desk@holdfast.example"],
      }),
    );
    expect(sent).toEqual({ status: 200, type: null, body: { MessageId: expect.stringMatching(/\S+/) } });
    expect(await stored()).toEqual([
      expect.objectContaining({
        messageId: sent.body.MessageId,
        from: "Holdfast <clinic@holdfast.example>",
        destination: { to: ["patient2@example.com"], cc: [], bcc: [] },
        replyTo: ["desk@holdfast.example"],
        subject: "Reminder <b>",
        body: { text: "Tomorrow at 10:15" },
        attachments: [],
        at: expect.any(Number),
      }),
    ]);
  });

  test("A raw mail is stored byte for byte, with its calendar part and method", async () => {
    const { body } = await send(rawMail());
    const answer = await get(`/messages/${body.MessageId}/raw`);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const raw = Buffer.from(await answer.arrayBuffer());
    expect(raw.toString("utf8")).toBe(RAW);
    const mail = await simpleParser(raw);
    expect(mail.subject).toBe("Booked – Rathmines");
    expect(mail.to.text).toBe("patient1@example.com");
    const [calendar] = mail.attachments;
    expect(calendar?.contentType).toBe("text/calendar");
    expect(calendar?.headers.get("content-type")?.params).toMatchObject({ method: "REQUEST" });
    expect(calendar?.content.toString("utf8")).toBe(CALENDAR);
    expect((await stored())[0]).toMatchObject({
      subject: "Booked – Rathmines",
      attachments: [{ contentType: "text/calendar" }],
    });
  });

  test("A raw mail may have its recipients in its headers", async () => {
    expect(await send(rawMail({ Destination: undefined }))).toMatchObject({ status: 200 });
  });

  test("A simple mail also has a raw form", async () => {
    const { body } = await send(simple());
    const raw = Buffer.from(await (await get(`/messages/${body.MessageId}/raw`)).arrayBuffer());
    expect(await simpleParser(raw)).toMatchObject({ subject: "Reminder <b>", to: { text: "patient2@example.com" } });
  });

  test.each([
    ["not JSON", "{", "SerializationException", "not JSON"],
    ["no content", { ...simple(), Content: {} }, "BadRequestException", "exactly one of"],
    [
      "two kinds of content",
      { ...simple(), Content: { ...simple().Content, ...rawMail().Content } },
      "Bad",
      "exactly one",
    ],
    ["no recipient", simple({ Destination: {} }), "BadRequestException", "at least one recipient"],
    [
      "51 recipients",
      simple({ Destination: { ToAddresses: Array.from({ length: 51 }, (_, i) => `p${i}@example.com`) } }),
      "BadRequestException",
      "Recipient count exceeds 50",
    ],
    ["no sender", simple({ FromEmailAddress: undefined }), "BadRequestException", "from email address"],
    ["no body", simple({ Content: { Simple: { Subject: { Data: "x" }, Body: {} } } }), "BadRequestException", "body"],
    ["raw that is not base64", rawMail({ Content: { Raw: { Data: "ä" } } }), "BadRequestException", "base64"],
    [
      "raw without a sender",
      rawMail({ Content: { Raw: { Data: base64("To: a@b.c\r\n\r\nx") } } }),
      "Bad",
      "from address",
    ],
    ["a tag with a space", simple({ EmailTags: [{ Name: "a b", Value: "c" }] }), "Bad", "letters, digits"],
    [
      "a template that does not exist",
      { ...simple(), Content: { Template: { TemplateName: "no" } } },
      "NotFound",
      "exist",
    ],
  ])("%s is refused in SES's shape, and nothing is stored", async (_what, body, type, message) => {
    const response = await post(typeof body === "string" ? body : JSON.stringify(body));
    expect(response.status).toBe(type === "NotFound" ? 404 : 400);
    expect(response.headers.get("x-amzn-errortype")).toMatch(new RegExp(`^${type}`));
    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({ message: expect.stringContaining(message) });
    expect(await stored()).toEqual([]);
  });

  test.each([
    ["a wrong secret", { secretAccessKey: "other" }, "SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "AKIAOTHER" }, "UnrecognizedClientException"],
    ["another service's signature", { service: "execute-api" }, "InvalidSignatureException"],
    ["another region's signature", { region: "us-east-1" }, "InvalidSignatureException"],
  ])("%s is refused with 403", async (_what, change, type) => {
    expect(await send(simple(), client(change))).toMatchObject({ status: 403, type });
    expect(await stored()).toEqual([]);
  });

  test("A body changed after signing, and a request without a signature, are refused", async () => {
    const url = `${ses.url}/v2/email/outbound-emails`;
    const signed = await client().sign(url, { method: "POST", body: JSON.stringify(simple()) });
    const forged = JSON.stringify(simple({ Destination: { ToAddresses: ["thief@example.com"] } }));
    const tampered = await fetch(url, { method: "POST", headers: signed.headers, body: forged });
    expect([tampered.status, tampered.headers.get("x-amzn-errortype")]).toEqual([403, "SignatureDoesNotMatch"]);
    const unsigned = await fetch(url, { method: "POST", body: JSON.stringify(simple()) });
    expect([unsigned.status, unsigned.headers.get("x-amzn-errortype")]).toEqual([
      403,
      "MissingAuthenticationTokenException",
    ]);
  });

  test("50 mails at once are 50 mails", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => send(simple({ Destination: { ToAddresses: [`p${i}@example.com`] } }))),
    );
    expect(new Set(answers.map(({ body }) => body.MessageId)).size).toBe(50);
    expect(new Set((await stored()).map(({ destination }) => JSON.stringify(destination))).size).toBe(50);
  });
});

describe("the inbox page", () => {
  test("The inbox lists mails newest first, escaped, finds them, and loads nothing from other origins", async () => {
    await send(simple());
    await send(rawMail());
    const answer = await get("/");
    const page = await answer.text();
    expect(page.indexOf("Booked – Rathmines")).toBeGreaterThan(0);
    expect(page.indexOf("Booked – Rathmines")).toBeLessThan(page.indexOf("Reminder &lt;b&gt;"));
    expect(page).toContain("with invite.ics");
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const found = await (await get("/?q=patient1%20rathmines")).text();
    expect(found).toContain("Booked – Rathmines");
    expect(found).not.toContain("Reminder");
    expect(await (await get("/?q=nobody")).text()).toContain("No mail matches “nobody”");
  });

  test("The page of a mail shows its facts, text with links, HTML in a sandbox, and calendar part", async () => {
    const { body } = await send(rawMail({ EmailTags: [{ Name: "kind", Value: "settled" }] }));
    const page = await (await get(`/messages/${body.MessageId}`)).text();
    expect(page).toContain("kind=settled");
    expect(page).toContain('href="http://127.0.0.1:8787/appointments"');
    expect(page).toContain("Download invite.ics");
    expect(page).not.toContain("<script>alert");
    const html = await get(`/messages/${body.MessageId}/html`);
    expect(html.headers.get("content-security-policy")).toMatch(/^sandbox (?!.*allow-scripts)/);
    const calendar = await get(`/messages/${body.MessageId}/attachments/0`);
    expect(calendar.headers.get("content-disposition")).toContain("invite.ics");
    expect(await calendar.text()).toBe(CALENDAR);
  });

  test("The product's own page and its store are still there", async () => {
    expect(await (await get("/viewer")).text()).toContain("aws-ses-v2-local viewer");
    expect(await (await get("/store")).json()).toEqual({ templates: {}, emails: [] });
    await send(simple());
    expect(await (await get("/store?since=99999999999")).json()).toEqual({ templates: {}, emails: [] });
    expect((await fetch(`${ses.url}/clear-store`, { method: "POST" })).status).toBe(200);
    expect(await stored()).toEqual([]);
  });

  test("An unknown mail is 404, also where the product itself would crash", async () => {
    for (const path of ["/messages/ses-1", "/messages/ses-1/raw", "/messages/ses-1/attachments/0"]) {
      expect((await get(path)).status).toBe(404);
    }
    expect((await get("/get-emlContent?messageId=ses-1")).status).toBe(400);
    expect((await get("/store")).status).toBe(200);
  });

  test("Only the page itself may empty the inbox", async () => {
    await send(simple());
    const clear = (site: string) =>
      fetch(`${ses.url}/clear`, { method: "POST", headers: { "sec-fetch-site": site }, redirect: "manual" });
    expect((await clear("cross-site")).status).toBe(403);
    expect(await stored()).toHaveLength(1);
    expect((await clear("same-origin")).status).toBe(303);
    expect(await stored()).toHaveLength(0);
  });
});

describe("faults, counts, restarts", () => {
  test.each([
    ["fail", 500, "InternalFailure"],
    ["throttle", 429, "TooManyRequestsException"],
  ] as const)("%s answers %i and accepts nothing", async (fault, status, type) => {
    ses.faults[fault].next();
    expect(await send(simple())).toMatchObject({ status, type });
    expect(await stored()).toEqual([]);
    expect(await send(simple())).toMatchObject({ status: 200 });
  });

  test("drop cuts the connection and accepts nothing, dropReply accepts the mail first", async () => {
    const before = ses.stats();
    ses.faults.drop.next();
    await expect(send(simple())).rejects.toThrow("fetch failed");
    expect(await stored()).toHaveLength(0);
    ses.faults.dropReply.next();
    await expect(send(simple())).rejects.toThrow("fetch failed");
    expect(await stored()).toHaveLength(1);
    expect(ses.stats()).toEqual({ requests: before.requests + 2, accepted: before.accepted + 1 });
  });

  test("hang never answers and accepts nothing", async () => {
    ses.faults.hang.next();
    await expect(post(JSON.stringify(simple()), client(), AbortSignal.timeout(150))).rejects.toThrow("timeout");
    expect(await stored()).toHaveLength(0);
    expect(ses.faults.hang.fired).toBe(1);
  });

  test("down refuses connections, up ends that", async () => {
    await send(simple());
    await ses.down();
    await expect(send(simple())).rejects.toThrow("fetch failed");
    await ses.up();
    expect(await stored()).toHaveLength(1);
  });

  test("Mails, their tags and raw forms survive a restart, also after a line cut short by a crash", async () => {
    const { body } = await send(rawMail({ EmailTags: [{ Name: "kind", Value: "settled" }] }));
    const { port } = ses;
    await ses.close();
    appendFileSync(join(dataDir, "mails.jsonl"), '\n{"email":{"messageId":"ses-torn');
    ses = await startSes({ port, dataDir, credentials });
    await expect
      .poll(() =>
        get("/health-check").then(
          ({ ok }) => ok,
          () => false,
        ),
      )
      .toBe(true);
    expect(await stored()).toEqual([expect.objectContaining({ messageId: body.MessageId })]);
    expect(await (await get(`/messages/${body.MessageId}/raw`)).text()).toBe(RAW);
    expect(await (await get(`/messages/${body.MessageId}`)).text()).toContain("kind=settled");
    // A mail after the torn line must not be glued to it.
    const next = await send(simple());
    await ses.close();
    ses = await startSes({ port, dataDir, credentials });
    await expect
      .poll(() =>
        get("/health-check").then(
          ({ ok }) => ok,
          () => false,
        ),
      )
      .toBe(true);
    expect((await stored()).map(({ messageId }) => messageId)).toEqual([body.MessageId, next.body.MessageId]);
  });

  test("A second inbox in one process, and a taken port, are refused with a reason", async () => {
    await expect(startSes({ port: 0 })).rejects.toThrow("already runs an inbox");
    const { port } = ses;
    await ses.close();
    const blocker = (await import("node:http")).createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    await expect(startSes({ port, dataDir })).rejects.toThrow(new RegExp(`Port ${port}.*--port`));
    await new Promise((resolve) => blocker.close(resolve));
    ses = await startSes({ port, dataDir, credentials });
  });
});
