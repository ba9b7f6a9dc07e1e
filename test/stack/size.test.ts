import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildAll } from "#dev/build.ts";

test("The Worker that ships has at most 300 kB (gzip)", async () => {
  const { script } = await buildAll();
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(300_000);
  // Error texts in other languages are the first thing that an import of the whole of zod brings back.
  expect(script).not.toContain("Ongeldige invoer");
});
