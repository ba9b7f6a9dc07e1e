import { describe, expect, test } from "vitest";
import { STOP_REMINDERS, linkToken, openId, randomToken, sealId } from "#adapters/links.ts";

const SECRET = "a secret of at least thirty-two letters";
const ID = "019ac1de-7c1b-7e1a-9f60-3d3a5d0f4c11";

describe("derived tokens", () => {
  test("The same purpose and parts give the same token of 256 bits", async () => {
    const token = await linkToken(SECRET, "calendar-feed", "auth0|1", "key");
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await linkToken(SECRET, "calendar-feed", "auth0|1", "key")).toBe(token);
  });

  test("Another purpose, secret or list of parts gives another token, also with the same letters", async () => {
    const tokens = await Promise.all([
      linkToken(SECRET, "calendar-feed", "auth0|1", "key"),
      linkToken(SECRET, "stop-reminders", "auth0|1", "key"),
      linkToken(`${SECRET}.`, "calendar-feed", "auth0|1", "key"),
      linkToken(SECRET, "calendar-feed", "auth0|2", "key"),
      linkToken(SECRET, "calendar-feed", "auth0|1k", "ey"),
      linkToken(SECRET, "calendar-feed", "auth0|1"),
      linkToken(SECRET, "calendar-feedauth0|1", "key"),
    ]);
    expect(new Set(tokens).size).toBe(tokens.length);
  });
});

describe("sealed ids", () => {
  test("A sealed id opens with its purpose and secret, and two seals of one id differ", async () => {
    const [one, two] = [await sealId(SECRET, STOP_REMINDERS, ID), await sealId(SECRET, STOP_REMINDERS, ID)];
    expect(one).not.toBe(two);
    expect(await openId(SECRET, STOP_REMINDERS, one)).toBe(ID);
    expect(await openId(SECRET, STOP_REMINDERS, two)).toBe(ID);
  });

  test("A sealed id does not open for another purpose, with another secret, or with one letter changed", async () => {
    const token = await sealId(SECRET, STOP_REMINDERS, ID);
    expect(await openId(SECRET, "cancel", token)).toBeNull();
    expect(await openId(`${SECRET}.`, STOP_REMINDERS, token)).toBeNull();
    for (let at = 0; at < token.length; at++) {
      const letter = token[at] === "A" ? "B" : "A";
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      expect(await openId(SECRET, STOP_REMINDERS, changed), `changed at ${at}`).toBeNull();
    }
    for (const wrong of ["", token.slice(0, -1), `${token}A`, `${token}=`, "not base64url!"]) {
      expect(await openId(SECRET, STOP_REMINDERS, wrong), `"${wrong}"`).toBeNull();
    }
  });
});

test("A random token has 256 bits and differs every time", () => {
  const tokens = Array.from({ length: 100 }, randomToken);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(new Set(tokens).size).toBe(tokens.length);
});
