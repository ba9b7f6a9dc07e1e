import { describe, expect, test } from "vitest";
import { MAIL_LANGUAGES } from "#domain/message/catalogue.ts";
import { settle } from "#domain/settle.ts";
import { MAIL_NAMES, NEWS, fact, mailOf, particularsOf } from "../support/mails.ts";

const every = MAIL_LANGUAGES.flatMap((language) => MAIL_NAMES.map((name) => ({ language, name })));
const named = { doctorName: "Dr Zebedee Canary" };

describe("the words for a change", () => {
  test("A mail about a new time has the old and the new time", () => {
    const { subject, text } = mailOf(NEWS.moved, "en");
    expect(subject).toBe("Your appointment has a new time: Monday 7 December 2026, 09:00");
    expect(text).toContain("New time: Monday 7 December 2026, 09:00 to 09:15 (Dublin time)");
    expect(text).toContain("Before: Thursday 3 December 2026, 10:15 to 10:30 (Dublin time)");
  });

  test.each([
    ["Europe/Dublin", "en", "2027-10-31T00:30Z", "01:30 UTC+1 to 01:45 UTC+1 (Dublin time)"],
    ["Europe/Dublin", "en", "2027-10-31T01:30Z", "01:30 UTC+0 to 01:45 UTC+0 (Dublin time)"],
    ["Europe/Dublin", "en", "2027-10-31T00:50Z", "01:50 UTC+1 to 01:05 UTC+0 (Dublin time)"],
    ["Europe/Dublin", "en", "2027-10-31T02:00Z", "02:00 to 02:15 (Dublin time)"],
    ["Europe/Dublin", "de", "2027-10-31T00:30Z", "01:30 UTC+1 bis 01:45 Uhr UTC+1 (Ortszeit Dublin)"],
    ["Australia/Lord_Howe", "en", "2027-04-03T14:45Z", "01:45 UTC+11 to 01:30 UTC+10:30 (Lord Howe time)"],
    ["Australia/Lord_Howe", "en", "2027-04-03T15:15Z", "01:45 UTC+10:30 to 02:00 (Lord Howe time)"],
  ] as const)(
    "In %s, in %s, a mail about %s tells it from the other time with the same reading: %s",
    (timeZone, language, at, words) => {
      const startsAt = Date.parse(at.replace("Z", ":00Z"));
      const now = fact({ timeZone, startsAt, endsAt: startsAt + 900_000 });
      const { subject, text, html } = mailOf({ kind: "booked", now, before: null }, language);
      expect(text).toContain(words);
      expect(html.replaceAll(/<[^>]+>/g, "")).toContain(words);
      // The subject has the start.
      expect(subject).toContain(words.slice(0, 5));
      expect(subject.includes("UTC")).toBe(/^\S+ UTC/.test(words));
    },
  );

  test.each([
    ["another doctor", NEWS["moved-other-detail"], "Your appointment has changed", "but not its time or its place"],
    ["another place", NEWS["moved-other-place"], "Your appointment is at another place", "the time stays the same"],
  ])("%s at the same time is not called a new time, and the doctor is not named", (_, news, heading, sentence) => {
    const { subject, text } = mailOf(news, "en");
    expect(subject).toBe(`${heading}: Thursday 3 December 2026, 10:15`);
    expect(text).toContain(sentence);
    expect(text).not.toMatch(/new time|doctor|walsh|byrne/i);
  });

  test.each([
    ["cancelled", "en", "Your appointment is cancelled: ", "Cancelled: ", "Before: ", " (before: "],
    ["cancelled", "de", "Ihr Termin ist abgesagt: ", "Abgesagt: ", "Bisher: ", " (bisher: "],
    ["being-placed", "en", "We are finding you a new time instead of ", "Was planned for: ", "Before: ", " (before: "],
    [
      "being-placed",
      "de",
      "Wir suchen einen neuen Termin für Sie statt ",
      "War geplant für: ",
      "Bisher: ",
      " (bisher: ",
    ],
  ] as const)(
    "%s in %s after a move that nobody was told of: the time it had last, and the one that was told",
    (state, language, subjectStart, last, told, inSubject) => {
      const chosen = { startsAt: Date.UTC(2026, 11, 9, 9), endsAt: Date.UTC(2026, 11, 9, 9, 15) };
      const notice = settle(fact(), fact({ ...chosen, state }));
      if (notice.kind === "nothing") throw new Error("nothing to tell");
      const { subject, text, html } = mailOf(notice, language);
      const [nine, three] = language === "en" ? ["9 December", "3 December"] : ["9. Dezember", "3. Dezember"];
      const [subjectLast, subjectTold, ...more] = subject.split(inSubject);
      expect(more).toEqual([]);
      expect(subjectLast?.startsWith(subjectStart)).toBe(true);
      expect(subjectLast).toContain(nine);
      expect(subjectTold).toContain(three);
      const lines = text.split("\n");
      expect(lines.find((line) => line.startsWith(last))).toContain(nine);
      expect(lines.find((line) => line.startsWith(told))).toContain(three);
      expect(text).toMatch(/Neither of the two times below|Keine der beiden unten genannten Zeiten/);
      expect(html).toMatch(/Neither of the two times below|Keine der beiden unten genannten Zeiten/);
    },
  );

  test("A cancellation at the last notified time has one time, also after a change of doctor", () => {
    for (const now of [fact({ state: "cancelled" }), fact({ state: "cancelled", doctorId: "walsh" })]) {
      const notice = settle(fact(), now);
      if (notice.kind === "nothing") throw new Error("nothing to tell");
      const { subject, text } = mailOf(notice, "en");
      expect(subject).toBe("Your appointment is cancelled: Thursday 3 December 2026, 10:15");
      expect(text).not.toMatch(/before|neither/i);
    }
  });

  test("A move by the clinic has three answers, two other times, the deadline, and what happens without an answer", () => {
    const { text } = mailOf(NEWS["moved-by-clinic"], "en");
    for (const answer of ["That is fine", "Choose another time", "Cancel the appointment"]) {
      expect(text).toMatch(new RegExp(`^${answer}: https://book\\.clinic\\.example/`, "m"));
    }
    expect(text.match(/^- .*hold\/new\?slot=.*&change=/gm)).toHaveLength(2);
    expect(text).toContain("Please answer by: Wednesday 2 December 2026, 12:00 (Dublin time)");
    expect(text).toContain("If we do not hear from you, your appointment stands as shown above.");
    expect(text).toContain("at another place than before");
    const frozen = mailOf(NEWS["moved-by-clinic"], "en", { changeableUntil: null });
    expect(frozen.text).toContain("please call us: +353 1 555 0100");
    expect(frozen.text).not.toMatch(/Choose another time|hold\/new|until/);
  });

  test("A change by the clinic at the same time mentions no new time and has the same answers", () => {
    const { subject, text } = mailOf(NEWS["changed-by-clinic"], "en");
    expect(subject).toBe("We had to change your appointment: Thursday 3 December 2026, 10:15");
    expect(text).toContain("Its time stays the same");
    expect(text).toContain("\nWhen: Thursday 3 December 2026");
    expect(text).not.toMatch(/new time|Before:|doctor|another place/i);
    expect(text).toMatch(/^That is fine: /m);
    const elsewhere = { ...NEWS["changed-by-clinic"], now: fact({ state: "moved-by-clinic", locationId: "harbour" }) };
    expect(mailOf(elsewhere, "en").text).toContain("Please note that it is at another place than before.");
  });

  test("A reminder says that a time which the clinic chose is still unanswered", () => {
    const now = fact({ state: "moved-by-clinic" });
    expect(mailOf({ kind: "reminder", now, before: null }, "en").text).toContain("have not heard from you yet");
    expect(mailOf(NEWS.reminder, "en").text).not.toContain("have not heard from you yet");
  });
});

describe("every mail in every language", () => {
  test.each(every)("$name in $language equals the reviewed text", async ({ name, language }) => {
    const { subject, text, html } = mailOf(NEWS[name], language);
    await expect(`Subject: ${subject}\n\n${text}`).toMatchFileSnapshot(`mails/${name}.${language}.txt`);
    await expect(html).toMatchFileSnapshot(`mails/${name}.${language}.html`);
  });

  test.each(every)("$name in $language has the same content in text and in HTML", ({ name, language }) => {
    const { text, html } = mailOf(NEWS[name], language);
    const shown = html.replace(/^.*<main/s, "<main");
    const plain = shown
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    const addresses = [...html.matchAll(/href="(http[^"]+)"/g)].map(([, url]) => url?.replaceAll("&#38;", "&"));
    for (const line of text.split("\n").filter(Boolean)) {
      const [, said = line, url] = /^(?:- )?(.*?)(?:: (https:\S+))?$/.exec(line) ?? [];
      if (url) expect(addresses).toContain(url);
      const parts = said.includes(": ") && !plain.includes(said) ? said.split(": ") : [said];
      for (const part of parts) expect(plain).toContain(part);
    }
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).not.toMatch(/<img|<script|url\(|http-equiv/);
  });

  test.each(every)("$name in $language names the doctor only if the policy says so", ({ name, language }) => {
    const silent = mailOf(NEWS[name], language);
    expect(JSON.stringify(silent)).not.toMatch(/byrne|walsh|doctor|arzt|ärztin|praxis für/i);
    const spoken = mailOf(NEWS[name], language, named);
    const isOver = NEWS[name].kind === "cancelled" || NEWS[name].kind === "being-placed";
    expect(spoken.text.includes(named.doctorName)).toBe(!isOver);
    expect(spoken.html.includes(named.doctorName)).toBe(!isOver);
    expect(spoken.subject).not.toContain(named.doctorName);
  });

  test("No two languages share a sentence", () => {
    const sentences = (language: string) =>
      MAIL_NAMES.flatMap((name) => mailOf(NEWS[name], language).text.split(/\n|(?<=[.!?:]) /)).filter((part) =>
        / /.test(part),
      );
    const [en, de] = [new Set(sentences("en")), sentences("de")];
    const data = /https:|\d|Dublin|Niamh/;
    expect(de.filter((sentence) => en.has(sentence) && !data.test(sentence))).toEqual([]);
  });

  test("A region uses its language, and a language without texts uses English", () => {
    expect(mailOf(NEWS.booked, "de-AT").text).toBe(mailOf(NEWS.booked, "de").text);
    expect(mailOf(NEWS.booked, "ga").text).toBe(mailOf(NEWS.booked, "en").text);
    expect(mailOf(NEWS.booked, "constructor").text).toBe(mailOf(NEWS.booked, "en").text);
  });
});

describe("times", () => {
  const lineOf = (timeZone: string, startsAt: number, language: string) => {
    const now = fact({ timeZone, startsAt, endsAt: startsAt + 900_000 });
    return mailOf({ kind: "booked", now, before: null }, language)
      .text.split("\n")
      .find((line) => /^(When|Wann)/.test(line));
  };

  // Clocks went forward on 29 March 2026 and back on 25 October 2026 in Dublin. In New York it was 8 March and 1 November.
  test.each([
    ["Europe/Dublin", Date.UTC(2026, 2, 28, 9), "en", "When: Saturday 28 March 2026, 09:00 to 09:15 (Dublin time)"],
    ["Europe/Dublin", Date.UTC(2026, 2, 29, 8), "en", "When: Sunday 29 March 2026, 09:00 to 09:15 (Dublin time)"],
    [
      "Europe/Dublin",
      Date.UTC(2026, 9, 24, 8),
      "de",
      "Wann: Samstag, 24. Oktober 2026, 09:00 bis 09:15 Uhr (Ortszeit Dublin)",
    ],
    [
      "Europe/Dublin",
      Date.UTC(2026, 9, 25, 9),
      "de",
      "Wann: Sonntag, 25. Oktober 2026, 09:00 bis 09:15 Uhr (Ortszeit Dublin)",
    ],
    [
      "Europe/Vienna",
      Date.UTC(2026, 2, 29, 0, 45),
      "de",
      "Wann: Sonntag, 29. März 2026, 01:45 bis 03:00 Uhr (Ortszeit Wien)",
    ],
    ["Europe/Vienna", Date.UTC(2026, 2, 1, 23), "en", "When: Monday 2 March 2026, 00:00 to 00:15 (Vienna time)"],
    [
      "America/New_York",
      Date.UTC(2026, 10, 1, 13),
      "en",
      "When: Sunday 1 November 2026, 08:00 to 08:15 (New York time)",
    ],
    [
      "Asia/Kolkata",
      Date.UTC(2026, 0, 5, 3, 30),
      "de",
      "Wann: Montag, 5. Januar 2026, 09:00 bis 09:15 Uhr (Ortszeit Kolkata)",
    ],
  ])("Times are in the location's zone, which is named: %s %i in %s", (zone, startsAt, language, line) => {
    expect(lineOf(zone, startsAt, language)).toBe(line);
  });
});

test.each([
  ["en", "Thursday 3 December 2026, 10:15 (Dublin time)"],
  ["de", "Donnerstag, 3. Dezember 2026, 10:15 Uhr (Ortszeit Dublin)"],
])("The subject names the zone where the clinic has several, and only then: %s", (language, when) => {
  const { location } = particularsOf(NEWS.booked);
  const subject = (zoneNamed: boolean) =>
    mailOf(NEWS.booked, language, { location: { ...location, zoneNamed } }).subject;
  expect(subject(true)).toContain(when);
  expect(subject(false)).not.toContain("Dublin");
});

describe("typed text", () => {
  test("Typed text is text in the HTML, with any content", () => {
    const nasty = `<b>"O'Brien" & sons</b><script>alert(1)</script>`;
    const { html, text } = mailOf(NEWS.reminder, "en", {
      patient: { name: nasty, email: null, language: "en", suppressed: null, inactive: false },
      clinic: { name: nasty, phone: "+353 1 <555> 0100" },
      location: { name: nasty, address: nasty, only: false, zoneNamed: false },
      doctorName: nasty,
    });
    expect(html).not.toMatch(/<b>|<script|"O'Brien"|<555>/);
    expect(html).toContain("&#60;b&#62;&#34;O&#39;Brien&#34; &#38; sons");
    expect(text).toContain(nasty);
  });

  test("The clinic's number is a link in the HTML", () => {
    expect(mailOf(NEWS.booked, "en").html).toContain('href="tel:+35315550100"');
  });

  test("The location's name is left out if the clinic has one location", () => {
    const location = { name: "Ormond Quay", address: "41 Upper Quay", only: true, zoneNamed: false };
    expect(mailOf(NEWS.booked, "en", { location }).text).toContain("\nWhere: 41 Upper Quay\n");
  });
});
