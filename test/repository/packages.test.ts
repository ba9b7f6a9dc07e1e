import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { noticeText } from "#dev/notice.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** Licences that ask for no more than their notice. */
const PERMISSIVE = [
  "(AFL-2.1 OR BSD-3-Clause)",
  "(MIT OR CC0-1.0)",
  "(MIT OR EUPL-1.1+)",
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT OR Apache-2.0",
  "MIT-0",
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
];

/** Packages with other licences, and why that is right. */
const OTHERWISE: Record<string, string> = {
  "@img/sharp-": "LGPL: a tool of wrangler, which nothing that ships contains",
  lightningcss: "MPL-2.0: a tool of the build, unchanged",
  "axe-core": "MPL-2.0: used by tests",
  "ical.js": "MPL-2.0: used by tests",
  "caniuse-lite": "CC-BY-4.0: data for the build",
  "date-holidays":
    "CC-BY-3.0, or CC BY-SA 3.0 by its own file: its data, attributed in NOTICE and shown as the source of each holiday",
};

interface Locked {
  license?: string;
  integrity?: string;
  dev?: boolean;
}

describe("the dependencies", () => {
  const locked = Object.entries(read("package-lock.json").packages as Record<string, Locked>).flatMap(([path, one]) =>
    path === "" ? [] : [{ name: path.slice(path.lastIndexOf("node_modules/") + 13), ...one }],
  );

  test("Each package has a licence that allows its use, or a reason", () => {
    const other = locked.filter(({ license }) => !PERMISSIVE.includes(license ?? "none"));
    const unexplained = other.filter(({ name }) => !Object.keys(OTHERWISE).some((start) => name.startsWith(start)));
    expect(unexplained.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
    const unused = Object.keys(OTHERWISE).filter((start) => !other.some(({ name }) => name.startsWith(start)));
    expect(unused).toEqual([]);
    // The Worker contains what is no development dependency.
    expect(other.filter(({ dev }) => !dev)).toEqual([]);
  });

  test("NOTICE names the works whose data are here, with the sources that their licences require", () => {
    const notice = readFileSync(join(ROOT, "NOTICE"), "utf8");
    // After an update of date-holidays or libphonenumber-js: node dev/notice.ts
    expect(notice).toBe(noticeText());
    expect(notice).toContain(`date-holidays ${read("package.json").devDependencies["date-holidays"]}`);
    expect(notice.match(/wikipedia\.org/g)?.length).toBeGreaterThan(20);
  });

  test("Each package has a checksum", () => {
    expect(locked.filter(({ integrity }) => !integrity?.startsWith("sha512-"))).toEqual([]);
  });

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
