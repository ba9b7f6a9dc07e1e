import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

describe("the dependencies", () => {
  const { dependencies, devDependencies }: Manifest = read("package.json");
  const all = { ...dependencies, ...devDependencies };

  test("Dependencies are pinned to exact versions", () => {
    expect(Object.keys(all).length).toBeGreaterThan(20);
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  test("The lock file has those versions", () => {
    const { packages }: { packages: Record<string, { version?: string }> } = read("package-lock.json");
    const locked = Object.keys(all).map((name) => [name, packages[`node_modules/${name}`]?.version]);
    expect(Object.fromEntries(locked)).toEqual(all);
  });

  test("The repository names no registry", () => {
    expect(readFileSync(join(ROOT, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "http/);
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).not.toMatch(/registry|_auth/);
  });

  test("The Mantine packages have one version, and miniflare has wrangler's", () => {
    expect(all["@mantine/hooks"]).toBe(all["@mantine/core"]);
    const wrangler = read("node_modules/wrangler/package.json") as Manifest;
    expect(all["miniflare"]).toBe(wrangler.dependencies["miniflare"]);
  });
});
