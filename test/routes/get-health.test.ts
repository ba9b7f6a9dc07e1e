import { describe, expect, test } from "vitest";
import { startWorker } from "#dev/worker.ts";
import { buildAll } from "#dev/build.ts";
import { readFunctions } from "#dev/functions.ts";
import { useStack } from "../support/stack.ts";

describe("getReadiness", () => {
  const stack = useStack();
  /** Of an isolate of its own, which remembers nothing yet. */
  const ready = async () => {
    const isolate = await stack().startIsolate();
    const response = await fetch(`${isolate.url}/api/v1/health/ready`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test("200: the seeded clinic is ready, and the answer names version, functions and zones", async () => {
    await stack().worker.scheduled("* * * * *");
    expect(await ready()).toEqual({
      status: 200,
      body: {
        status: "ready",
        version: "0.1.0",
        commit: "local",
        functions: readFunctions().schema,
        dependencies: { database: "ok", sessions: "ok", queue: "ok", identity: "ok" },
        notifications: { due: 0, overdueSeconds: 0, late: false },
        audit: { unsealedSeconds: expect.any(Number) as number, late: false },
        clock: { skewSeconds: 0, off: false },
        zones: { different: [] },
      },
    });
  });

  test("200 degraded: a notification that has been due for ten minutes is late", async () => {
    const [row] = await stack().sql<{ appointment_id: string }>(
      `update outbox set first_dirty_at = now(), due_at = now() - interval '10 minutes'
       where appointment_id = (select appointment_id from outbox limit 1) returning appointment_id`,
    );
    expect(row).toBeDefined();
    const { status, body } = await ready();
    expect([status, body["status"]]).toEqual([200, "degraded"]);
    expect(body["notifications"]).toMatchObject({ due: 1, late: true });
    await stack().sql("update outbox set first_dirty_at = null, due_at = null where appointment_id = $1", [
      row?.appointment_id,
    ]);
  });

  test("Every minute the log has the state of backlogs and clocks, under the id of its run", async () => {
    const known = stack().log.length;
    expect(await stack().worker.scheduled("* * * * *")).toBe("ok");
    const states = () =>
      stack()
        .log.slice(known)
        .filter((line) => line.includes('"event":"state"'));
    await expect.poll(states).toHaveLength(1);
    expect(JSON.parse(states()[0] ?? "")).toEqual({
      event: "state",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      overdueSeconds: 0,
      unsealedSeconds: expect.any(Number) as number,
      skewSeconds: 0,
      zones: [],
    });
  });

  test("A fault's log line has the id that the caller got, the SQLSTATE and the place in the functions", async () => {
    const call = await stack().as("patient160");
    const { schema } = readFunctions();
    await stack().sql(`alter function ${schema}.require_caller rename to really_require_caller`);
    await stack()
      .sql(`create function ${schema}.require_caller(c ${schema}.caller) returns people language plpgsql as $$
      begin
        raise division_by_zero using message = c.subject;
      end $$`);
    try {
      const { status, body } = await call("POST", "/holds", {});
      expect([status, body.code]).toEqual([500, "internal"]);
      const lines = () => stack().log.filter((line) => line.includes(body.requestId));
      await expect.poll(lines).toHaveLength(2);
      const [fault, request] = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(fault).toMatchObject({ event: "fault", error: "StatementFailed", sqlState: "22012" });
      expect(fault?.["sqlPlace"]).toMatch(/^require_caller:3 < hold_first_free:\d+$/);
      expect(request).toMatchObject({ event: "request", status: 500, code: "internal" });
      expect(lines().join("\n")).not.toContain("patient160");
    } finally {
      await stack().sql(`drop function ${schema}.require_caller`);
      await stack().sql(`alter function ${schema}.really_require_caller rename to require_caller`);
    }
  });

  test("503 not-ready: the functions of this build are not installed", async () => {
    const { schema } = readFunctions();
    await stack().sql(`alter schema ${schema} rename to elsewhere`);
    try {
      const { status, body } = await ready();
      expect([status, body["status"]]).toEqual([503, "not-ready"]);
      expect(body["dependencies"]).toMatchObject({ database: "unavailable", sessions: "ok" });
    } finally {
      await stack().sql(`alter schema elsewhere rename to ${schema}`);
    }
  });

  test("With a setting missing the Worker is alive, answers 503 to all else, and its log names the setting", async () => {
    const lines: string[] = [];
    const worker = await startWorker({
      build: await buildAll(),
      port: 0,
      env: { PUBLIC_URL: "not a URL" },
      onLog: ({ message }) => lines.push(message),
    });
    try {
      expect((await fetch(`${worker.url}/api/v1/health`)).status).toBe(200);
      for (const path of ["/api/v1/health/ready", "/api/v1/config", "/api/v1/availability", "/", "/jobs/notify"]) {
        const response = await fetch(`${worker.url}${path}`);
        expect([path, response.status]).toEqual([path, 503]);
        expect(response.headers.get("Strict-Transport-Security")).not.toBeNull();
        const body = (await response.json()) as Record<string, string>;
        expect(body).toMatchObject({ code: "dependency-unavailable", requestId: response.headers.get("X-Request-Id") });
        expect(JSON.stringify(body)).not.toMatch(/PUBLIC_URL|DATABASE_URL/);
      }
      await expect.poll(() => lines.join("\n"), { interval: 20 }).toMatch(/"settings":\[.*DATABASE_URL/);
      expect(lines.join("\n")).not.toContain("not a URL");
    } finally {
      await worker.close();
    }
  });
});
