import * as z from "zod/v4";
import { readApiKey } from "#adapters/links.ts";
import { Readiness } from "#contract/answers/health.ts";
import { readFunctions } from "#dev/functions.ts";
import type { Env } from "#src/env.ts";
import { type Finding, ask, blocks, fine, jsonOf, wrong } from "./finding.ts";

const Config = z.object({
  issuer: z.string(),
  audience: z.string(),
  clientId: z.object({ patient: z.string(), staff: z.string() }),
  apiKey: z.object({ patient: z.string().nullable(), staff: z.string().nullable() }),
});

const DEPLOY = "run npm run deploy";

/** The deployment itself, as a browser, a monitor and QStash reach it. `commit`: of these sources. */
export async function deploymentFindings(env: Env, commit: string): Promise<Finding[]> {
  const health = await ask(`${env.PUBLIC_URL}/api/v1/health`);
  if (!health) return [blocks(`Nothing answers at PUBLIC_URL: ${DEPLOY}, and check the route in wrangler.toml.`)];
  const alive = z.object({ status: z.literal("ok") }).safeParse(await jsonOf(health));
  if (!alive.success) {
    return [
      blocks(
        `PUBLIC_URL leads to something else (${health.status} for /api/v1/health): correct it, or the route in wrangler.toml.`,
      ),
    ];
  }
  const found = [
    ...(await readinessFindings(env, commit)),
    ...(await configFindings(env)),
    ...(await headerFindings(env)),
    ...(await callbackFindings(env)),
  ];
  return found.length > 0 ? found : [fine("The deployment is this build, has these settings, and is ready.")];
}

async function readinessFindings(env: Env, commit: string): Promise<Finding[]> {
  const answer = await ask(`${env.PUBLIC_URL}/api/v1/health/ready`);
  const read = answer && Readiness.safeParse(await jsonOf(answer));
  if (!read?.success) {
    return [
      blocks(
        "The deployment does not say whether it is ready: see its log for the setting that it names, and set that.",
      ),
    ];
  }
  const { functions, dependencies, audit, notifications, clock, zones, ...build } = read.data;
  const found: Finding[] = [];
  if (dependencies.database !== "ok") {
    found.push(
      blocks(
        "The deployment does not reach its database: set its secret DATABASE_URL again, and check DATABASE_HTTP_URL.",
      ),
    );
  }
  if (build.commit !== commit)
    found.push(wrong(`The deployment is of commit ${build.commit}, these sources are ${commit}: ${DEPLOY}.`));
  else if (functions !== readFunctions().schema) {
    found.push(
      wrong(
        `The deployment calls ${functions}, these sources have ${readFunctions().schema}: ${DEPLOY} from a clean checkout.`,
      ),
    );
  }
  for (const name of ["sessions", "queue", "identity"] as const) {
    if (dependencies[name] !== "ok")
      found.push(wrong(`The deployment does not reach its ${name}: set its settings again, as they are here.`));
  }
  if (audit?.late)
    found.push(wrong("The audit trail is not sealed each minute: check that the Worker has its cron triggers."));
  if (notifications?.late)
    found.push(wrong("Notifications are overdue: check the cron triggers, then QStash and SES."));
  if (clock?.off)
    found.push(
      wrong(`The Worker's clock is ${clock.skewSeconds} s off the database's: report it to Neon and Cloudflare.`),
    );
  for (const zone of zones?.different ?? []) {
    found.push(
      wrong(`Worker and database have other clock rules for ${zone}: update the older one before booking far ahead.`),
    );
  }
  return found;
}

async function configFindings(env: Env): Promise<Finding[]> {
  const answer = await ask(`${env.PUBLIC_URL}/api/v1/config`);
  const read = answer && Config.safeParse(await jsonOf(answer));
  if (!read?.success)
    return [blocks("The deployment does not show its clinic (/api/v1/config): run npm run setup, then this again.")];
  const { issuer, audience, clientId, apiKey } = read.data;
  const pairs = [
    ["ISSUER", issuer],
    ["AUDIENCE", audience],
    ["PATIENT_CLIENT_ID", clientId.patient],
    ["STAFF_CLIENT_ID", clientId.staff],
  ] as const;
  const found = pairs
    .filter(([name, value]) => env[name] !== value)
    .map(([name]) =>
      wrong(`The deployment has another ${name} than these settings: ${DEPLOY}, or correct the settings.`),
    );
  for (const app of ["patient", "staff"] as const) {
    const key = apiKey[app];
    if (key === null) found.push(wrong(`The ${app} app has no API key: run npm run setup.`));
    else if ((await readApiKey(env.LINK_SECRET, key)) === null) {
      found.push(wrong("The deployment has another LINK_SECRET than these settings: correct the file of secrets."));
      break;
    }
  }
  return found;
}

/** The headers that a page of the apps must have, with a part of their value. */
const HEADERS: [string, string][] = [
  ["content-security-policy", "frame-ancestors 'none'"],
  ["strict-transport-security", "max-age="],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
];

async function headerFindings(env: Env): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const path of ["/", "/staff/"]) {
    const page = await ask(`${env.PUBLIC_URL}${path}`);
    if (page?.status !== 200) {
      found.push(blocks(`The page ${path} does not answer (${page?.status ?? "nothing"}): ${DEPLOY}.`));
      continue;
    }
    const lost = HEADERS.filter(([name, part]) => !page.headers.get(name)?.includes(part)).map(([name]) => name);
    if (lost.length > 0) {
      found.push(
        wrong(
          `The page ${path} comes without ${lost.join(", ")}: remove the Cloudflare rule that changes its headers.`,
        ),
      );
    }
  }
  return found;
}

/** Unsigned callbacks must reach the Worker and be refused there. */
async function callbackFindings(env: Env): Promise<Finding[]> {
  const answer = await ask(`${env.PUBLIC_URL}/jobs/notify`, { method: "POST", body: "{}" });
  if (answer?.status === 401) return [];
  const status = answer?.status ?? "nothing";
  return [
    wrong(
      `QStash's callbacks do not reach the Worker (${status} for /jobs/notify): remove the Cloudflare rule that stops them.`,
    ),
  ];
}
