import { domainToUnicode } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Email, PatientNumber, PersonName, Phone } from "#contract/requests/patients.ts";
import { shownEmail } from "#domain/email.ts";
import { phoneLink } from "#domain/phone.ts";

describe("names", () => {
  test.each([
    ["Irish", "Niamh Ní Bhriain"],
    ["with an apostrophe", "Liam O’Shea"],
    ["of one letter", "O"],
    ["Chinese", "王小明"],
    ["Japanese with a variation selector", "辻\u{e0100} 葛"],
    ["Korean", "김민준"],
    ["Persian with ZWNJ", "علی\u200cرضا"],
    ["Sinhala with ZWJ", "ශ්\u200dරී"],
    ["Malayalam, a chillu at its end", "രാമന്\u200d"],
    ["Bengali", "র\u200d্যাম"],
    ["Mongolian with a vowel separator", "ᠮᠣᠩᠭᠣᠯ\u180eᠠ"],
    ["Hebrew", "דוד לוי"],
    ["Thai", "สมชาย"],
    ["decomposed", "Zoe\u0308"],
  ])("A name is allowed: %s", (_, name) => expect(PersonName().parse(` ${name}\u00a0`)).toBe(name));

  test.each([
    ["nothing", ""],
    ["spaces", " \u00a0\u3000"],
    ["ZERO WIDTH SPACE", "\u200b"],
    ["WORD JOINER", "\u2060"],
    ["a joiner alone", "\u200d"],
    ["a Hangul filler", "\u3164"],
    ["empty Braille", "\u2800\u2800"],
    ["a soft hyphen", "\u00ad"],
    ["a mark without a letter", "\u0301"],
    ["tags", "\u{e0041}\u{e0042}"],
    ["a hidden space within", "Niamh\u200bMurphy"],
    ["a joiner that Latin has not", "Ni\u200damh"],
    ["a joiner that Chinese has not", "王\u200c小明"],
    ["a joiner at the beginning", "\u200cعلی"],
    ["right-to-left override", "Anna \u202eyhpruM"],
    ["an embedding", "\u202bAnna\u202c"],
    ["an isolate that does not end", "Anna\u2067"],
    ["a right-to-left mark", "Anna\u200f"],
    ["an Arabic letter mark", "Anna\u061c"],
    ["two lines", "Anna\nMurphy"],
    ["a line separator", "Anna\u2028Murphy"],
  ])("A name is refused: %s", (_, name) => expect(PersonName().safeParse(name).success).toBe(false));
});

describe("e-mail addresses", () => {
  const label = "x".repeat(63);
  test.each([
    ["user@xn--e1afmkfd.xn--p1ai", "user@xn--e1afmkfd.xn--p1ai", "user@пример.рф"],
    ["user@пример.рф", "user@xn--e1afmkfd.xn--p1ai", "user@пример.рф"],
    ["max@müller.de", "max@xn--mller-kva.de", "max@müller.de"],
    ["max@Mu\u0308ller.DE", "max@xn--mller-kva.de", "max@müller.de"],
    ["a@日本語。jp", "a@xn--wgv71a119e.jp", "a@日本語.jp"],
    ["a/b=c@example.com", "a/b=c@example.com", "a/b=c@example.com"],
    ["tom&jerry@example.com", "tom&jerry@example.com", "tom&jerry@example.com"],
    [" lead@example.com ", "lead@example.com", "lead@example.com"],
    ["\u00a0lead@example.com\ufeff", "lead@example.com", "lead@example.com"],
    ["o'hara+news@Example.ORG", "o'hara+news@example.org", "o'hara+news@example.org"],
    ["!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"],
    [`a@${label}.de`, `a@${label}.de`, `a@${label}.de`],
  ])("%s is stored as %s and shown as %s", (typed, stored, shown) => {
    expect(Email().parse(typed)).toBe(stored);
    expect(shownEmail(stored)).toBe(shown);
    expect(Email().parse(shown)).toBe(stored);
  });

  test.each([
    "",
    "ada",
    "ada@",
    "@example.com",
    "a b@example.com",
    ".a@example.com",
    "a.@example.com",
    "a..b@example.com",
    "a@b@example.com",
    "müller@example.com",
    "a\u200b@example.com",
    "a@example",
    "a@exa_mple.com",
    "a@-example.com",
    "a@example-.com",
    "a@example..com",
    "a@example.com.",
    "a@127.0.0.1",
    "a@[127.0.0.1]",
    "a@example.com:25",
    "a@example.com/x",
    "a@xn--a.com",
    "a@xn--.com",
    "a@xn--abc-.com",
    `a@${label}x.de`,
    `${"a".repeat(65)}@example.com`,
    `a@${`${label}.`.repeat(4)}de`,
    "a@exam\u202eple.com",
    "a@example.com\r\nBcc: b@example.com",
  ])("%j is no address", (typed) => expect(Email().safeParse(typed).success).toBe(false));

  test("An address in any script is shown as Node's own decoder shows it, or in ASCII, and converts back", () => {
    const script = fc.constantFrom("abc-", "äöüß", "пример", "日本語", "한국어", "ไทย", "हिन्दी", "ελ");
    const domain = script.chain((letters) =>
      fc
        .string({ unit: fc.constantFrom(...Array.from(letters)), minLength: 1, maxLength: 20 })
        .map((text) => `a@${text}.example`),
    );
    fc.assert(
      fc.property(domain, (typed) => {
        const { data: stored } = Email().safeParse(typed);
        if (stored === undefined) return;
        const shown = shownEmail(stored);
        expect([stored, `a@${domainToUnicode(stored.slice(2))}`]).toContain(shown);
        expect(Email().parse(shown)).toBe(stored);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("telephone numbers", () => {
  test.each([
    ["+353 1 555 0123", "+353 1 555 0123"],
    ["(01) 555-0123", "(01) 555-0123"],
    ["+353\u00a01\u00a0555\u00a00123", "+353\u00a01\u00a0555\u00a00123"],
    ["\u202a+353 1 555 0123\u202c", "+353 1 555 0123"],
    ["\u2066+353 1 555 0123\u2069 ", "+353 1 555 0123"],
    ["01\u2011555\u20110123", "01\u2011555\u20110123"],
    ["01 555\u20130123", "01 555\u20130123"],
    ["01 555 0123 ext. 4", "01 555 0123 ext. 4"],
    ["01 555 0123 x12", "01 555 0123 x12"],
    ["tel:+35315550123;ext=4", "tel:+35315550123;ext=4"],
    ["٠١٥٥٥٠١٢٣", "015550123"],
    ["＋３５３ １ ５５５ ０１２３", "+353 1 555 0123"],
  ])("%j is a number, shown as %j", (typed, shown) => expect(Phone().parse(typed)).toBe(shown));

  test.each(["", "call me", "+(12)", "1234", "+353 1 555 0123 4567 8901", "01 555 0123 ext. four", "++353 1 555 0123"])(
    "%j is no number",
    (typed) => expect(Phone().safeParse(typed).success).toBe(false),
  );

  test.each([
    ["01 555 0123 ext. 4", "tel:015550123"],
    ["+353 (0)1 555 0123", "tel:+35315550123"],
    ["01\u2011555\u20130123", "tel:015550123"],
  ])("%j is called at %s", (typed, link) => expect(phoneLink(typed)).toBe(link));
});

test.each([
  ["AB-1", true],
  ["ab 1", true],
  ["-1", false],
  ["AB\u200b1", false],
])("The clinic's number %j is of the form that is asked for: %s", (number, isOne) => {
  expect(PatientNumber().safeParse(number).success).toBe(isOne);
});
