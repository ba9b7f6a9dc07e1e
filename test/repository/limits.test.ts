import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { describe, expect, test } from "vitest";
import { LIMITS, type LimitName, addressKey, bindingOf } from "#domain/limits.ts";

const ROOT = join(import.meta.dirname, "..", "..");

describe("the rate limits", () => {
  test("Those that count are those that the answers name, each with a counter of its own", () => {
    const { ratelimits } = unstable_readConfig({ config: join(ROOT, "wrangler.toml") }) as unknown as {
      ratelimits: { name: string; namespace_id: string; simple: { limit: number; period: number } }[];
    };
    const declared = ratelimits.map(({ name, simple }) => [name, simple.limit, simple.period]);
    const named = Object.entries(LIMITS).map(([name, { requests, seconds }]) => [
      bindingOf(name as LimitName),
      requests,
      seconds,
    ]);
    expect(declared).toEqual(named);
    expect(new Set(ratelimits.map(({ namespace_id: id }) => id)).size).toBe(ratelimits.length);
  });

  test("The rules' page has each of them", () => {
    const page = readFileSync(join(ROOT, "docs/rules.md"), "utf8");
    for (const [name, { requests, per }] of Object.entries(LIMITS)) {
      expect(page).toContain(`| \`${name}\` | ${requests} | ${per} |`);
    }
  });

  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8:0:1::7", "2001:db8:0:1"],
    ["2001:DB8:0:1:aaaa:bbbb:cccc:dddd", "2001:db8:0:1"],
    ["2001:0db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["", ""],
  ])("The client address %s counts as %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
