import { describe, expect, test } from "vitest";
import type { Hold } from "#contract/answers/holds.ts";
import { Problem, Unreachable } from "#kit/api/problem.ts";
import type { VersionedAppointment } from "#kit/appointments/queries.ts";
import { type HoldErrors, type HoldState, holdViewOf } from "../../web/patient/hold/view.ts";

const hold = { id: "hold" } as Hold;
const old = { etag: '"1"' } as VersionedAppointment;
const NONE: HoldErrors = { confirming: null, extending: null, readingHold: null, readingOld: null };
const expired = new Problem({ code: "hold-expired" }, 409, "r1");
const taken = new Problem({ code: "slot-taken" }, 409, "r2");
const loggedOut = new Problem({ code: "unauthenticated" }, 401, "r3");
const offline = new Unreachable("no answer");

const view = (state: Partial<HoldState>, errors: Partial<HoldErrors> = {}) =>
  holdViewOf({ hold, old: null, checking: false, ...state, errors: { ...NONE, ...errors } });

describe("the page of a hold", () => {
  test("The page shows the form as soon as the hold, and the appointment that moves, are read", () => {
    expect(view({})).toEqual({ kind: "book", hold, error: null });
    expect(view({ old })).toEqual({ kind: "change", hold, old, error: null });
    expect(view({ hold: undefined })).toEqual({ kind: "loading" });
    expect(view({ old: undefined })).toEqual({ kind: "loading" });
  });

  test("The page shows a failed read instead of the form", () => {
    expect(view({ hold: undefined }, { readingHold: offline })).toEqual({ kind: "unread", error: offline });
    expect(view({ old: undefined }, { readingOld: loggedOut })).toEqual({ kind: "unread", error: loggedOut });
  });

  test("The page keeps its form when a later read fails", () => {
    expect(view({ old }, { readingHold: offline, readingOld: offline })).toEqual({
      kind: "change",
      hold,
      old,
      error: null,
    });
  });

  test("The page shows the newest failure above the form: confirming, else extending", () => {
    expect(view({}, { confirming: offline, extending: loggedOut })).toEqual({ kind: "book", hold, error: offline });
    expect(view({}, { extending: loggedOut })).toEqual({ kind: "book", hold, error: loggedOut });
  });

  test("The page says that the time is lost, by the newest answer", () => {
    expect(view({}, { confirming: taken, readingHold: expired })).toEqual({ kind: "lost", problem: taken });
    expect(view({ hold: undefined }, { readingHold: expired })).toEqual({ kind: "lost", problem: expired });
    expect(view({}, { confirming: offline, readingHold: expired })).toEqual({ kind: "lost", problem: expired });
  });

  test("The page does not say so while the patient may have booked the time in another tab", () => {
    expect(view({ checking: true }, { confirming: taken })).toEqual({ kind: "book", hold, error: null });
    expect(view({ checking: true, hold: undefined }, { readingHold: expired })).toEqual({ kind: "loading" });
  });
});
