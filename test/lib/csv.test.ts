import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvFile, csvRecord } from "#lib/csv.ts";

async function* pagesOf(...pages: string[][][]) {
  yield* pages;
}
const bytesOf = async (file: ReadableStream) => new Uint8Array(await new Response(file).arrayBuffer());

describe("CSV files", () => {
  test.each<[string, string[][][], string]>([
    ["no records", [], "name,note\r\n"],
    ["two pages", [[["Zoë", "a,b"]], [["王小明", "x"]]], 'name,note\r\nZoë,"a,b"\r\n王小明,x\r\n'],
  ])("A file with %s begins with the byte order mark, and every line ends in CRLF", async (_, pages, text) => {
    const bytes = await bytesOf(csvFile(["name", "note"], pagesOf(...pages)));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe(text);
  });

  test("A page that fails breaks the file off", async () => {
    async function* broken(): AsyncGenerator<string[][]> {
      yield [["1"]];
      throw new Error("the database went away");
    }
    await expect(bytesOf(csvFile(["n"], broken()))).rejects.toThrow("the database went away");
  });
});

describe("CSV records", () => {
  test("A record quotes cells that need it, doubles quotes, and ends in CRLF", () => {
    expect(csvRecord(["a", null, 'say "hi"', "b,c", "two\nlines", ""])).toBe('a,,"say ""hi""","b,c","two\nlines",\r\n');
  });

  test.each(["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "  =1", "\u0000=1", "\ufeff=1", "＝1", "＋1", "－1", "＠A"])(
    "The cell %j is no formula in a spreadsheet",
    (cell) => {
      expect(csvRecord([cell]).replaceAll('"', "")).toBe(`'${cell}\r\n`);
    },
  );

  test("A reader gets any cells back, except for the apostrophe, and none is a formula", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (cells) => {
        const text = csvRecord(cells);
        const read: string[] = [];
        const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r\n$)/gy;
        for (let found = cell.exec(text); found; found = cell.exec(text)) {
          const raw = found[1] ?? "";
          read.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
          if (cell.lastIndex === text.length) break;
        }
        expect(read.map((value, index) => (value === cells[index] ? value : value.slice(1)))).toEqual(cells);
        expect(read.filter((value) => /^\s*[=+\-@]/.test(value))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
