import { defineConfig } from "oxlint";

/**
 * The imports that each folder may have. A name is a folder's alias (package.json, `imports`) or a group of PACKAGES below;
 * `itself` is the folder's own files. Everything else is refused, and test/repository/boundaries.test.ts proves each row by
 * violating it.
 */
export const FOLDERS: [folder: string, mayImport: string, why: string][] = [
  ["src/lib", "itself", "lib is neutral: every folder may use it, so it uses none"],
  ["src/domain", "itself lib temporal", "the rules are pure: the clock, the zone and the data are arguments"],
  ["src/contract", "itself lib domain zod", "the apps use the contract too, so it knows nothing of the Worker"],
  [
    "src/reference",
    "itself contract zod",
    "the reference describes what crosses the wire; the Worker carries none of it",
  ],
  ["src/db", "itself lib domain drizzle neon", "the database layer knows neither HTTP nor outside services"],
  ["src/operations", "itself lib domain db", "a use case of several steps serves routes and jobs alike"],
  ["src/adapters", "lib domain contract zod sdks", "adapters use their own SDK and never each other"],
  ["src/http", "itself lib domain contract db operations adapters hono zod services", "http knows no route"],
  ["src/routes", "lib domain contract db operations adapters http hono zod services", "routes never import each other"],
  ["src/jobs", "lib domain contract db operations adapters http hono zod services", "jobs never import each other"],
  ["web/kit", "itself lib domain contract zod react oidc", "the kit knows neither app"],
  ["web/patient", "itself kit lib domain contract zod react", "an app knows neither the other nor the Worker"],
  ["web/staff", "itself kit lib domain contract zod react", "an app knows neither the other nor the Worker"],
  ["web/patient/*", "itself kit lib domain contract zod react", "features are islands: shared parts are in web/kit"],
  ["web/staff/*", "itself kit lib domain contract zod react", "features are islands: shared parts are in web/kit"],
];

const PACKAGES: Record<string, string[]> = {
  temporal: ["temporal-polyfill/fns/Instant", "temporal-polyfill/fns/ZonedDateTime"],
  // `zod` is the same module with the error texts of fifty languages.
  zod: ["zod/v4"],
  drizzle: ["drizzle-orm", "drizzle-orm/**"],
  neon: ["@neondatabase/serverless"],
  hono: ["hono", "hono/**"],
  sdks: ["jose", "aws4fetch", "ical-generator", "nodemailer/lib/mail-composer", "@upstash/**"],
  services: ["#src/env.ts", "#src/context.ts"],
  react: ["react", "react-dom/**", "@tanstack/**", "@mantine/**", "@lingui/**"],
  oidc: ["oidc-client-ts"],
};

type Refusal = { message: string } & ({ group: string[] } | { regex: string; allowTypeImports: true });

const refuse = (...patterns: Refusal[]): ["error", { patterns: Refusal[] }] => ["error", { patterns }];

/** The Worker validates requests alone, and the apps validate nothing: of the other schemas both need the types only. */
const typesOnly = (folder: string): Refusal => ({
  // If a group allows an import again (`!`), no other group can refuse it. An expression can.
  regex: folder.startsWith("web/") ? "^#contract/(answers|requests)/" : "^#contract/answers/",
  message: "of these schemas only the types are needed here",
  allowTypeImports: true,
});

/** Depths of a file below its folder. The last one stands for all deeper ones. */
const DEPTHS = [0, 1, 2];

/** A row's guard for the files at one depth. As in a .gitignore file, `!` allows again, and the last match wins. */
function guard([folder, mayImport, why]: (typeof FOLDERS)[number], depth: number) {
  const levels = depth === DEPTHS.at(-1) ? "**" : "*";
  const upwards = DEPTHS.slice(1, depth + 1).map((up) => `${"../".repeat(up)}**`);
  const itself = ["./**", `#${folder.split("/")[1]}/**`, ...upwards];
  const allowed = mayImport
    .split(" ")
    .flatMap((name) => (name === "itself" ? itself : (PACKAGES[name] ?? [`#${name}/**`])));
  const outside = [`${"../".repeat(depth + 1)}**`, "./../**"];
  return {
    files: [`${folder}/${"*/".repeat(depth)}${levels}`],
    rules: {
      "no-restricted-imports": refuse(
        ...(mayImport.includes("contract") && folder !== "src/reference" ? [typesOnly(folder)] : []),
        { group: ["**", ...allowed.map((pattern) => `!${pattern}`), ...outside], message: why },
      ),
    },
  };
}

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "react", "jsx-a11y", "vitest"],
  categories: { correctness: "error", suspicious: "error" },
  options: { typeAware: true },
  ignorePatterns: ["dist/**", "node_modules/**", "drizzle/**", ".holdfast/**"],
  rules: {
    "no-console": "error",
    eqeqeq: "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/consistent-type-imports": "error",
    // `import { type A }` still runs the module, whose schemas the Worker would then carry.
    "typescript/no-import-type-side-effects": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-non-null-assertion": "error",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-named-as-default-member": "off",
    "typescript/consistent-return": "off",
    "import/no-unassigned-import": ["error", { allow: ["**/*.css", "temporal-polyfill/global"] }],
    "react/react-in-jsx-scope": "off",
    "no-await-in-loop": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/consistent-function-scoping": "off",
    "no-shadow": "off",
    "vitest/require-mock-type-parameters": "off",
    "vitest/expect-expect": "off",
    "vitest/no-conditional-expect": "off",
    "vitest/no-standalone-expect": "off",
    "vitest/valid-title": "off",
  },
  overrides: [
    {
      files: ["src/**"],
      rules: {
        "no-restricted-imports": refuse({
          group: ["#dev/**", "#test/**", "#kit/**", "**/dev/**", "**/test/**", "**/web/**", "node:*", "zod"],
          message: "the Worker never imports dev, test, web or Node, and takes zod/v4 for zod",
        }),
      },
    },
    ...FOLDERS.flatMap((row) => DEPTHS.map((depth) => guard(row, depth))),
    {
      files: ["src/domain/**"],
      rules: {
        "no-restricted-globals": ["error", "fetch", "performance", "crypto", "process", "setTimeout", "setInterval"],
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now" },
          { object: "Math", property: "random" },
          { object: "Temporal", property: "Now" },
        ],
      },
    },
    // The board is a CSS grid with ARIA roles of a grid. A table cannot place its cells by the minute.
    { files: ["web/staff/board/Board{Cell,Row,Head}.tsx"], rules: { "jsx-a11y/prefer-tag-over-role": "off" } },
    {
      files: ["dev/**", "bench/**", "test/**"],
      rules: { "no-console": "off", "typescript/no-non-null-assertion": "off" },
    },
  ],
});
