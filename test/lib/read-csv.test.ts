import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvRecord } from "#lib/csv.ts";
import { csvCells, csvRecords, delimiterOf } from "#lib/read-csv.ts";

describe("reading CSV", () => {
  test("What the export writes is read again as it was, formulas, quotes and line ends included", () => {
    const cell = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom('"', ",", ";", "\r", "\n", "'", "=", "-", "a", " ") }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        // An apostrophe before a formula's sign is taken for the one that the export puts there.
        fc.pre(rows.flat().every((text) => !text.startsWith("'") && !text.startsWith("\ufeff")));
        const text = rows.map((cells) => csvRecord(cells)).join("");
        expect(csvRecords(text).map((record) => csvCells(record, ","))).toEqual(rows);
      }),
    );
  });

  test("A byte order mark, semicolons and empty lines are read as spreadsheets write them", () => {
    const records = csvRecords('\ufeffid;name\r\n1;"a;b"\n\n2;c');
    expect(records).toEqual(["id;name", '1;"a;b"', "", "2;c"]);
    expect(delimiterOf(records[0]!)).toBe(";");
    expect(records.map((record) => csvCells(record, ";"))).toEqual([["id", "name"], ["1", "a;b"], [""], ["2", "c"]]);
    expect(csvCells('"open', ",")).toBeNull();
    expect(csvCells('"a"b,c', ",")).toBeNull();
  });
});
