import { workerDatabase } from "./neon.ts";
import type { Difference, SetUp, Thing } from "./set-up.ts";

const NAMES: Record<Thing["thing"], string> = {
  clinic: "the clinic",
  policy: "the policy",
  location: "the location",
  administrator: "the administrator",
  app: "the API client of the app",
};

/** Where an administrator changes each kind of thing, once it is there. */
const CHANGED_IN: Record<Thing["thing"], string> = {
  clinic: "the staff app (Clinic) or PATCH /api/v1/clinic",
  policy: "the staff app (Policy) or PATCH /api/v1/policy",
  location: "the staff app (Locations) or /api/v1/locations",
  administrator: "the staff app (Accounts) or /api/v1/staff",
  app: "PATCH /api/v1/api-clients/{id}",
};

const nameOf = ({ thing, key }: Thing): string => (key ? `${NAMES[thing]} ${key}` : NAMES[thing]);

/** The report of a set-up, in lines for the terminal. Its secrets are in `nextSteps` alone. */
export function reportOf({ made, there, differs }: SetUp): string[] {
  if (differs.length > 0) {
    return ["Nothing was changed: the clinic is set up with other values.", ...differs.flatMap(differenceLines)];
  }
  return [
    ...made.map((one) => `Made: ${nameOf(one)}.`),
    ...there.map((one) => `There already: ${nameOf(one)}.`),
    ...(made.length === 0 ? ["Nothing was changed."] : []),
  ];
}

function differenceLines({ is, wanted, ...one }: Difference): string[] {
  const change = `Change it in ${CHANGED_IN[one.thing]}.`;
  if (!is) return [`${nameOf(one)} is not there, but others are. ${change}`];
  return Object.keys(wanted)
    .filter((member) => JSON.stringify(is[member]) !== JSON.stringify(wanted[member]))
    .map((member) => {
      const [has, asked] = [JSON.stringify(is[member]), JSON.stringify(wanted[member])];
      return `${nameOf(one)}: ${member} is ${has}, and the plan says ${asked}. ${change}`;
    });
}

/** The Worker's login and the commands that follow. The password is printed nowhere else, and kept nowhere. */
export function nextSteps(ownerUrl: string, password: string): string[] {
  const { databaseUrl, httpUrl } = workerDatabase(ownerUrl, password);
  return [
    "",
    "The secret DATABASE_URL of the Worker. It is shown this once: npm run setup -- --new-password makes another.",
    "",
    `  ${databaseUrl}`,
    "",
    "Next:",
    ...(httpUrl ? [`  In wrangler.toml [vars]: DATABASE_HTTP_URL = "${httpUrl}"`] : []),
    "  npx wrangler login",
    "  npx wrangler secret put DATABASE_URL     # and the other secrets that wrangler.toml lists",
    `  printf '1:%s' "$(openssl rand -base64 32)" | npx wrangler secret put FIELD_KEYS     # keep a copy: it is in no backup`,
    "  npm run deploy",
    "  npm run doctor -- --secrets FILE         # FILE has the same secrets, a line NAME=value each",
  ];
}
