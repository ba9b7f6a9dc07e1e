import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApi } from "#dev/openapi/document.ts";
import { RESOURCES } from "#src/app.ts";
import { NOT_ASKED_FOR, documentedCells, unansweredCells } from "../support/answered.ts";

interface Parameter {
  $ref?: string;
  name?: string;
}

const document = openApi(RESOURCES.flatMap(({ declared }) => declared));
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
const named = (id: string) => operations.find(({ operationId }) => operationId === id)!;
const parametersOf = (id: string) =>
  ((named(id).parameters ?? []) as Parameter[]).map(({ $ref, name }) => name ?? $ref?.split("/").at(-1));

test("The document describes every operation with a name of its own, in a group that is described.", () => {
  const groups = new Set(document.tags.map(({ name }) => name));
  const incomplete = operations.filter(({ summary, tags }) => !summary || !groups.has(tags[0] ?? ""));
  expect(incomplete.map(({ operationId, tags }) => [operationId, tags])).toEqual([]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(operations.length).toBeGreaterThan(50);
});

test("The document says who must log in, and where a login is optional.", () => {
  expect(named("listCases").security).toEqual([{ bearer: [] }, { session: [] }]);
  expect(named("createHold").security).toEqual([{ bearer: [] }, { session: [], csrf: [] }]);
  expect(named("beginSession").security).toEqual([{ bearer: [] }]);
  expect(named("getConfig").security).toEqual([]);
  for (const id of ["getAvailability", "listDoctors"]) expect(named(id).security).toContainEqual({});
});

test("The document says which operations take a key, require a version, and name an operation to follow.", () => {
  expect(
    ["placeCase", "createException", "undoOperation"].map((id) => parametersOf(id).includes("Idempotency-Key")),
  ).toEqual([true, true, true]);
  expect(["listCases", "previewException"].filter((id) => parametersOf(id).includes("Idempotency-Key"))).toEqual([]);
  const versioned = operations.filter(({ operationId }) => parametersOf(operationId).includes("If-Match"));
  expect(versioned.length).toBeGreaterThanOrEqual(20);
  expect(document.components["parameters"]).toMatchObject({ "If-Match": { required: true } });
  const followed = operations.filter(({ responses }) =>
    Object.values(responses as Record<string, { headers?: Record<string, { $ref: string }> }>).some(
      ({ headers }) => headers?.["Link"] !== undefined,
    ),
  );
  expect(followed.map(({ operationId }) => operationId)).toEqual(
    expect.arrayContaining(["createException", "putSchedule", "createHoliday", "deleteSlot", "leaveDoctor"]),
  );
});

test("Every operation has a group of route tests that names it.", () => {
  const folder = join(import.meta.dirname, "..", "routes");
  const groups = readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), "utf8").match(/^describe\("[^"]+"/gm) ?? [])
    .flatMap((line) => line.match(/\w+/g) ?? []);
  expect(operations.map(({ operationId }) => operationId).filter((id) => !groups.includes(id))).toEqual([]);
});

test("A reason why no test asks for a status is of an operation and a status that the document has.", () => {
  const cells = documentedCells();
  expect(cells.length).toBeGreaterThan(500);
  expect(Object.keys(NOT_ASKED_FOR).filter((cell) => !cells.includes(cell))).toEqual([]);
});

test("A run of all route tests reports a status that no test got, and a reason for one that a test got.", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-answered-"));
  const file = join(folder, "answered");
  writeFileSync(file, documentedCells().join("\n").replace("createHold 201\n", ""));
  const missed = unansweredCells(file);
  rmSync(folder, { recursive: true });
  const reasoned = Object.keys(NOT_ASKED_FOR).map((cell) => `${cell} (although it has a reason)`);
  expect(missed.sort()).toEqual(["createHold 201", ...reasoned].sort());
});
