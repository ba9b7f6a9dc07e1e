import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildAll } from "#dev/build.ts";

test("The Worker that ships has at most 240 kB (gzip)", async () => {
  const { script } = await buildAll();
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(240_000);
  // The Worker has no schema of an answer and no text of the document.
  for (const text of ["A cough that does not go away", "Hold a named slot"]) expect(script).not.toContain(text);
  // Error texts in other languages are the first thing that an import of the whole of zod brings back.
  expect(script).not.toContain("Ongeldige invoer");
});
