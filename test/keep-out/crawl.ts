import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { STOP_REMINDERS, sealId } from "#adapters/links.ts";
import { sealMailLink } from "#adapters/mail-links.ts";
import { ROOT } from "#dev/build.ts";
import type { TestStack } from "#test/support/stack.ts";
import { signToken } from "#test/support/tokens.ts";
import { DECLARED, keyOf } from "./authorization.ts";
import type { Visits } from "./visit.ts";

/** The API's statuses that the crawl must have met at least, beside files. */
const STATUSES = [200, 201, 204, 304, 308, 400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503];

/** The files that are served, as paths from the root. */
function files(): string[] {
  const folder = join(ROOT, "dist", "web");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "_headers")
    .map((entry) => `${entry.parentPath.slice(folder.length)}/${entry.name}`.replaceAll("\\", "/"));
}

/** Security headers on every route, status and file. To be called after all others that visit. */
export function crawl(stack: () => TestStack, visits: Visits): void {
  test("Every file has the security headers, also when it is unchanged, asked for by HEAD or by POST, or moved", async () => {
    const all = files();
    expect(all.length).toBeGreaterThan(50);
    for (const path of all) {
      const got = await visits.ask({ method: "GET", path });
      const tag = got.headers.get("ETag");
      await visits.ask({ method: "HEAD", path });
      await visits.ask({ method: "POST", path });
      if (tag) {
        const again = await visits.ask({ method: "GET", path, headers: { "If-None-Match": tag } });
        expect({ path, status: again.status }).toEqual({ path, status: 304 });
      }
      await visits.ask({ method: "GET", path: `${path}.missing` });
    }
  });

  test("Pages, redirects, unknown paths and every kind of refusal have the security headers", async () => {
    const staff = await tokenHeaders(stack(), "staff1");
    const patient = await tokenHeaders(stack(), "patient4");
    const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
      visits.ask({ method, path, headers, body });
    for (const path of ["/", "/staff", "/staff/", "/staff/day", "/appointments", "/login/callback", "/index.html"]) {
      await ask("GET", path);
      await ask("HEAD", path);
      await ask("POST", path);
    }
    for (const path of [
      "/api",
      "/api/v1",
      "/api/v1/nothing",
      "/jobs/x",
      "/feedback/x",
      "/problems/x",
      "/reminders/x",
      "/links/x",
    ]) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS"]) await ask(method, path);
    }
    for (const path of await linksOfMails(stack())) {
      expect((await ask("GET", path)).status).toBe(200);
      await ask("POST", path, { "Content-Type": "application/x-www-form-urlencoded" }, "form=x");
    }
    await ask("GET", "/api/v1/problems/not-found");
    await ask("GET", "/%00");
    await ask("GET", "/api/v1/%ff");
    await ask("GET", "//evil.example/x");
    const policy = await ask("GET", "/api/v1/policy", staff);
    await ask("PATCH", "/api/v1/policy", staff, { changeBudget: 3 });
    await ask("PATCH", "/api/v1/policy", { ...staff, "If-Match": '"999"' }, { changeBudget: 3 });
    expect(policy.status).toBe(200);
    const free = await ask("GET", "/api/v1/availability");
    await ask("GET", "/api/v1/availability", { "If-None-Match": free.headers.get("ETag") ?? "" });
    const days = await ask("GET", "/api/v1/availability/days");
    await ask("GET", "/api/v1/availability/days", { "If-None-Match": days.headers.get("ETag") ?? "" });
    await ask("POST", "/api/v1/holds", patient, "x".repeat(70_000));
    await ask("POST", "/api/v1/holds", { ...patient, "Content-Type": "text/plain" }, "{}");
    const key = { ...patient, "Idempotency-Key": crypto.randomUUID() };
    const held = await ask("POST", "/api/v1/holds", key, {});
    const { slot } = JSON.parse(held.text) as { slot: { id: string } };
    await ask("POST", "/api/v1/holds", await tokenHeaders(stack(), "patient6"), { slotId: slot.id });
    await ask("POST", "/api/v1/holds", key, { specialty: "another body" });
    await stack().redis.faults.down();
    try {
      await ask("GET", "/api/v1/session", { Cookie: `__Host-session=${"A".repeat(43)}` });
    } finally {
      await stack().redis.faults.up();
    }
  });

  test("All answers of this file had the security headers: every route, status and file", () => {
    const faults = visits.all.filter((visit) => visit.faults.length > 0);
    expect(faults.slice(0, 20).map(({ what, status, faults: wrong }) => ({ what, status, wrong }))).toEqual([]);
    const statuses = new Set(visits.all.map(({ status }) => status));
    expect(STATUSES.filter((status) => !statuses.has(status))).toEqual([]);
    const visited = visits.all.map(({ what }) => what.replace(/\?.*/, ""));
    const missed = DECLARED.filter(({ method, path }) => {
      const pattern = new RegExp(`^${method.toUpperCase()} /api/v1${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
      return !visited.some((what) => pattern.test(what));
    });
    expect(missed.map(keyOf)).toEqual([]);
    expect(visits.all.length).toBeGreaterThan(1_500);
  });
}

/** Links of mails that are good, as paths. */
async function linksOfMails(stack: TestStack): Promise<string[]> {
  const secret = String(stack.env["LINK_SECRET"]);
  const { id: patientId, account } = await stack.newPatient();
  const call = await stack.as(account);
  const from = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  const held = await call("POST", "/holds", { from });
  const { body } = await call("POST", "/appointments", { holdId: held.body.id });
  const told = { startsAt: Date.parse(body.startsAt), locationId: body.locationId as string };
  const content = { appointmentId: body.id as string, patientId, told };
  const links = ["come", "fine", "cancel"] as const;
  return [
    ...(await Promise.all(
      links.map(async (purpose) => `/links/${await sealMailLink(secret, { ...content, purpose })}`),
    )),
    `/reminders/off/${await sealId(secret, STOP_REMINDERS, patientId)}`,
  ];
}

async function tokenHeaders(stack: TestStack, account: string): Promise<Record<string, string>> {
  const role = account.startsWith("staff") ? "staff" : "patient";
  const claims = { sub: `auth0|${account}`, [String(stack.env["ROLE_CLAIM"])]: role };
  return { Authorization: `Bearer ${(await signToken(stack, { claims })).token}` };
}
