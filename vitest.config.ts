import { lingui } from "@lingui/vite-plugin";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

interface ProjectOptions {
  globalSetup?: string[];
  setupFiles?: string[];
  isolate?: boolean;
  maxWorkers?: number;
}

/** Longest time of a test or a hook, milliseconds. What a test waits for must come within a quarter of it. */
const HANGS_MS = 240_000;

/** For the groups with generated cases. */
const FIXED_SEED = ["test/support/fixed-seed.ts"];

/** Projects of one group follow one another without a pause. A group waits for the end of the one before it. */
const project = (name: string, groupOrder: number, include: string[], more: ProjectOptions = {}) => ({
  extends: true as const,
  test: {
    ...more,
    name,
    include,
    sequence: { groupOrder },
  },
});

export default defineConfig({
  test: {
    pool: "forks",
    // One more than two cores: a test often waits for a part of the stack in another process.
    maxWorkers: 3,
    // Limits are for tests that hang, on a machine that may be very busy. Benches measure speed.
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    expect: { poll: { timeout: HANGS_MS / 4 } },
    // Files run one after the other in few processes: loading their common imports takes longer than many tests.
    isolate: false,
    globalSetup: ["test/support/run-folder.ts"],
    sequence: { sequencer: LongestFirst },
    // A test that passes only when repeated is a fault, of the test or of the product. CI names it (dev/test.ts).
    retry: 0,
    reporters: ["default"],
    projects: [
      {
        ...project("domain", 0, ["test/{lib,domain,contract,kit}/**/*.test.ts"], { setupFiles: FIXED_SEED }),
        // The apps' words are macros, which their build turns into messages.
        plugins: [lingui({ configPath: "web/lingui.config.ts", macroTransform: true })],
      },
      project("repository", 0, ["test/repository/**/*.test.ts"]),
      // A process for each file: these start and break the parts of which a process has one.
      project("emulators", 0, ["test/emulators/**/*.test.ts"], { isolate: true }),
      project("stack", 0, ["test/stack/**/*.test.ts"], { isolate: true }),
      // One Postgres and one Neon proxy for all of them, with a database of its own for each file.
      project("db", 0, ["test/db/**/*.test.ts"], {
        globalSetup: ["test/support/global-setup.ts"],
        setupFiles: FIXED_SEED,
      }),
      project("routes", 0, ["test/routes/**/*.test.ts", "test/faults/**/*.test.ts"], {
        // Every answer of the API is held against its OpenAPI document.
        setupFiles: ["test/support/conforming-fetch.ts"],
      }),
      // A browser's test mostly waits for the page: two at a time leave half of two cores idle.
      project("browser", 1, ["test/browser/**/*.test.ts"], { maxWorkers: 4 }),
    ],
  },
});
