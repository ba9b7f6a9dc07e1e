import { appendFileSync, readFileSync } from "node:fs";
import { openApi } from "#dev/openapi/document.ts";
import { RESOURCES } from "#src/app.ts";

/** Names the file to which a run of all route tests adds each operation and status that was answered. */
export const ANSWERED_FILE = "HOLDFAST_ANSWERED_FILE";

/** Statuses that the document describes and no route test asks for, and why that is right. */
export const NOT_ASKED_FOR: Record<string, string> = {
  "getHealth 500": "It asks nothing of anything that could fail.",
  "getHealth 503": "As its 500.",
  "getReadiness 500": "It only asks whether others answer, and says so with 200 or 503 whatever they do.",
  "importHolidays 428": "As of createHoliday: which day is a holiday in a country cannot be chosen for a test.",
};

const noted = new Set<string>();

/** Notes that an operation was answered with a status, in a run of all route tests. */
export function noteAnswer(operationId: string, status: number): void {
  const file = process.env[ANSWERED_FILE];
  const cell = `${operationId} ${status}`;
  if (file === undefined || noted.has(cell)) return;
  noted.add(cell);
  appendFileSync(file, `${cell}\n`);
}

/** Every operation with each status that the OpenAPI document describes for it, as `createHold 201`. */
export function documentedCells(): string[] {
  const document = openApi(RESOURCES.flatMap(({ declared }) => declared));
  return Object.values(document.paths)
    .flatMap((path) => Object.values(path))
    .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => `${operationId} ${status}`));
}

/**
 * The faults of a run of all route tests: documented statuses without an answer or a reason, and reasons for answered ones.
 */
export function unansweredCells(file: string): string[] {
  const answered = new Set(readFileSync(file, "utf8").split("\n"));
  return documentedCells()
    .filter((cell) => answered.has(cell) === cell in NOT_ASKED_FOR)
    .map((cell) => (answered.has(cell) ? `${cell} (although it has a reason)` : cell));
}
