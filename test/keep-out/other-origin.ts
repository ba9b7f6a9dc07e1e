import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { hasBrowser, useBrowser } from "#test/support/browser.ts";
import type { TestStack } from "#test/support/stack.ts";

/** A real browser, logged in at the clinic. It opens a page of another origin that tries to write and to read. */
export function otherOrigin(stack: () => TestStack): void {
  const { openAs } = useBrowser(stack);

  // The browser sends the cookie to the same host at another port: the two are one site.
  test.runIf(hasBrowser).each([
    ["of another site", "localhost", "patient8"],
    ["of another port, with which the cookie is sent", "127.0.0.1", "patient9"],
  ])(
    "A page of another origin (%s) neither writes nor reads with the patient's cookie, our own does",
    async (_, host, account) => {
      const server = createServer((_, response) => {
        response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Another origin</title>");
      });
      await new Promise<void>((listening) => server.listen(0, host, listening));
      try {
        const page = await openAs(account);
        await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
        const read = await page.evaluate(tryEverything, stack().urls.api);
        expect(read).toEqual([]);
        expect(await traces(stack(), account)).toEqual({ holds: 0, changes: 0 });

        await page.goto(stack().urls.patientApp);
        const own = await page.evaluate(async (api) => {
          const headers = { "Content-Type": "application/json", "X-Holdfast-Csrf": "1" };
          const session = await fetch(`${api}/session`);
          return [session.status, (await fetch(`${api}/holds`, { method: "POST", headers, body: "{}" })).status];
        }, stack().urls.api);
        expect(own).toEqual([200, 201]);
        expect((await traces(stack(), account)).holds).toBe(1);
      } finally {
        server.close();
      }
    },
  );
}

/** The effects of the patient's login: its holds, and its changes in the audit trail. */
async function traces(stack: TestStack, account: string): Promise<{ holds: number; changes: number }> {
  const [row] = await stack.sql<{ holds: number; changes: number }>(
    `select (select count(*) from slots s where s.held_by = t.id)::int as holds,
       (select count(*) from audit a where a.actor_id = t.person_id and a.action <> 'session.begin')::int as changes
     from patients t join people p on p.id = t.person_id where p.subject = $1`,
    [`auth0|${account}`],
  );
  return row!;
}

/** Runs in the page. @returns what it could read of any answer */
async function tryEverything(api: string): Promise<string[]> {
  const read: string[] = [];
  const types = ["application/json", "text/plain", "application/x-www-form-urlencoded", null];
  for (const path of ["/holds", "/session", "/session?all=true", "/appointments", "/preferences", "/calendar-feed"]) {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      for (const type of method === "GET" ? [null] : types) {
        for (const mode of ["cors", "no-cors"] as const) {
          for (const ours of [true, false]) {
            const headers = { ...(type && { "Content-Type": type }), ...(ours && { "X-Holdfast-Csrf": "1" }) };
            const body = method === "GET" ? null : "{}";
            try {
              const answer = await fetch(api + path, { method, mode, headers, body, credentials: "include" });
              if (answer.type !== "opaque") read.push(`${method} ${path} ${mode} ${type}: ${answer.status}`);
            } catch {
              // The browser kept it from being sent, or its answer from being read.
            }
          }
        }
      }
    }
  }
  // Forms need no permission to be sent.
  for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    const frame = document.body.appendChild(document.createElement("iframe"));
    frame.name = enctype;
    const form = document.body.appendChild(document.createElement("form"));
    Object.assign(form, { action: `${api}/holds`, method: "post", enctype, target: enctype });
    const field = form.appendChild(document.createElement("input"));
    Object.assign(field, { name: '{"specialty":"', value: '"}' });
    const loaded = new Promise((done) => frame.addEventListener("load", done, { once: true }));
    form.submit();
    await Promise.race([loaded, new Promise((done) => setTimeout(done, 1_000))]);
  }
  return read;
}
