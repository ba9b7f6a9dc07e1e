import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FAULTS, MATRIX } from "../faults/matrix.ts";

const cells = Object.entries(MATRIX).flatMap(([part, row]) =>
  FAULTS.map((fault) => ({ part, fault, cell: row[fault] })),
);
const proofs = cells.flatMap(({ cell }) => (typeof cell === "string" ? [] : cell));

test("Each fault of each part has tests that exist, or a reason", () => {
  const missing = proofs.filter(
    ([file, title]) => !readFileSync(new URL(`../${file}`, import.meta.url), "utf8").includes(title),
  );
  expect(missing).toEqual([]);
  expect(cells.filter(({ cell }) => cell.length === 0)).toEqual([]);
});

test("The table of the faults in the documentation is that of the tests", async () => {
  const rows = Object.entries(MATRIX).map(
    ([part, row]) => `| ${part} | ${FAULTS.map((fault) => words(row[fault])).join(" | ")} |`,
  );
  const table = [
    "# Faults of the parts",
    "",
    "What fails, and what proves that a booking survives it. `test/faults/matrix.ts` has the tests behind each number and makes",
    "this page (`npx vitest run --project repository test/repository/fault-matrix.test.ts -u`). Those of",
    "`test/faults/dependencies.test.ts` book while one or two parts fail, ten pairs in all. They prove that the fault struck, that the",
    "caller gets a clear answer within 10 s, that bookings are made within 5 s after the part is back, and that each is booked,",
    "audited and notified once.",
    "",
    `| | ${FAULTS.join(" | ")} |`,
    `|---${FAULTS.map(() => "|---").join("")}|`,
    ...rows,
    "",
    "## Why a cell has no test",
    "",
    "| fault | reason |",
    "|---|---|",
    ...cells.flatMap(({ part, fault, cell }) => (typeof cell === "string" ? [`| ${part}, ${fault} | ${cell} |`] : [])),
    "",
  ].join("\n");
  await expect(table).toMatchFileSnapshot("../../docs/fault-matrix.md");
});

function words(cell: string | unknown[]): string {
  return typeof cell === "string" ? "see below" : `${cell.length} ${cell.length === 1 ? "test" : "tests"}`;
}
