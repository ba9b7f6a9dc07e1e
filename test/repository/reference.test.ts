import { expect, test } from "vitest";
import { createApp } from "#src/app.ts";
import { reference } from "#http/openapi.ts";

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name?: string }[];
  responses: Record<string, { headers?: Record<string, object> }>;
}

const app = createApp(() => {
  throw new Error("Nothing is called");
}, {});
const document = reference(app) as { tags: { name: string }[]; paths: Record<string, Record<string, Operation>> };
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const named = (id: string) => operations.find(({ operationId }) => operationId === id)!;

test("every operation has a name of its own, a summary and a group that is described", () => {
  const groups = new Set(document.tags.map(({ name }) => name));
  const incomplete = operations.filter((one) => !one.operationId || !one.summary || !groups.has(one.tags?.[0] ?? ""));
  expect(incomplete.map(({ operationId, tags }) => [operationId, tags])).toEqual([]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(operations.length).toBeGreaterThan(50);
});

test("who must log in, what takes a key and what names an operation is said", () => {
  expect(named("listCases").security).toEqual([{ bearer: [] }, { session: [] }]);
  expect(named("getConfig").security).toEqual([]);
  const takesKey = (id: string) => named(id).parameters?.some(({ name }) => name === "Idempotency-Key") ?? false;
  expect(["placeCase", "createException", "undoOperation"].filter(takesKey)).toHaveLength(3);
  expect(["listCases", "previewException"].filter(takesKey)).toEqual([]);
  const changes = operations.filter(({ responses }) => responses["428"] && responses["412"]);
  const monitored = changes.filter(({ responses }) =>
    Object.values(responses).some(({ headers }) => headers?.["Link"]),
  );
  expect(monitored.map(({ operationId }) => operationId)).toEqual(
    expect.arrayContaining(["createException", "putSchedule", "createHoliday", "deleteSlot", "leaveDoctor"]),
  );
});
