import { describe, expect, test } from "vitest";
import { judgeReadiness } from "#domain/readiness.ts";

const NOW = Date.UTC(2027, 5, 1, 12);
const HOUR = 3_600_000;
const SUMMER_OF_DUBLIN = { zone: "Europe/Dublin", at: NOW, offset: HOUR };
const WELL = { now: NOW, due: 0, overdueSince: null, unsealedSince: null, offsets: [SUMMER_OF_DUBLIN] };

describe("readiness", () => {
  test("Nothing due, nothing unsealed, equal clocks and equal zone rules need no person", () => {
    expect(judgeReadiness(WELL, NOW)).toEqual({
      notifications: { due: 0, overdueSeconds: 0, late: false },
      audit: { unsealedSeconds: 0, late: false },
      clock: { skewSeconds: 0, off: false },
      zones: { different: [] },
    });
  });

  test.each([
    [300, false],
    [301, true],
  ])("A notification overdue, or an audit entry unsealed, for %i seconds is late: %s", (seconds, late) => {
    const since = NOW - seconds * 1000;
    expect(judgeReadiness({ ...WELL, overdueSince: since, unsealedSince: since }, NOW)).toMatchObject({
      notifications: { overdueSeconds: seconds, late },
      audit: { unsealedSeconds: seconds, late },
    });
  });

  test.each([
    [5_999, 5, false],
    [6_000, 6, true],
    [-6_000, -6, true],
    [-999, 0, false],
  ])("A Worker's clock %i ms from the database's is off by %i s, which is too much: %s", (ms, skewSeconds, off) => {
    expect(judgeReadiness(WELL, NOW + ms).clock).toEqual({ skewSeconds, off });
  });

  test("A zone is named once when the database has other rules for it, or the Worker does not know it", () => {
    const winter = { ...SUMMER_OF_DUBLIN, offset: 0 };
    const unknown = { zone: "Europe/Dublln", at: NOW, offset: 0 };
    const offsets = [SUMMER_OF_DUBLIN, winter, winter, unknown];
    expect(judgeReadiness({ ...WELL, offsets }, NOW).zones).toEqual({ different: ["Europe/Dublin", "Europe/Dublln"] });
  });
});
