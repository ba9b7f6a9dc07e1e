import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberKey, readPatientSearch } from "#domain/patient-search.ts";

describe("search texts for patients", () => {
  test.each([
    ["niamh o'shea", { words: ["niamh", "o'shea"], number: null, dateOfBirth: null }],
    ["Fitzgerald-Byrne, Saoirse", { words: ["Fitzgerald", "Byrne", "Saoirse"], number: null, dateOfBirth: null }],
    ["niamh 12/03/1984", { words: ["niamh"], number: null, dateOfBirth: "1984-03-12" }],
    ["1984-3-2", { words: [], number: null, dateOfBirth: "1984-03-02" }],
    ["2.3.1984", { words: [], number: null, dateOfBirth: "1984-03-02" }],
    ["LC-10 007", { words: [], number: "LC10007", dateOfBirth: null }],
    ["30/02/1984", { words: [], number: "30021984", dateOfBirth: null }],
    ["0000-01-01", { words: [], number: "00000101", dateOfBirth: null }],
    ["29/02/1984", { words: [], number: null, dateOfBirth: "1984-02-29" }],
    ["  ", { words: [], number: null, dateOfBirth: null }],
    ["__", { words: ["__"], number: null, dateOfBirth: null }],
    ["🙂 %", { words: ["🙂 %"], number: null, dateOfBirth: null }],
    ["علی\u200cرضا", { words: ["علیرضا"], number: null, dateOfBirth: null }],
  ])("%j is read into its parts", (text, search) => {
    expect(readPatientSearch(text)).toEqual(search);
  });

  test("A search has at most six words, only possible dates, and only capitals and digits in numbers", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { words, number, dateOfBirth } = readPatientSearch(text);
        expect(words.length).toBeLessThanOrEqual(6);
        const isName = words.every((word) => /\p{L}/u.test(word) && !/[\s%_\\]/.test(word));
        // A text of signs alone is passed on whole, so that it finds no patient instead of all.
        expect(isName || (words.length === 1 && !/\p{L}/u.test(words[0] ?? ""))).toBe(true);
        expect(number ?? "").toMatch(/^[A-Z0-9]*$/);
        if (dateOfBirth) expect(new Date(`${dateOfBirth}T00:00:00Z`).toISOString().slice(0, 10)).toBe(dateOfBirth);
      }),
      { numRuns: 500 },
    );
    expect(numberKey("lc-10 007/b")).toBe("LC10007B");
  });
});
