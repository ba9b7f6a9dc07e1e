import { setTimeout as sleep } from "node:timers/promises";
import { type Build, smoke } from "./smoke.ts";

/** Runs wrangler with these arguments. @throws when it fails */
export type Wrangler = (args: readonly string[]) => Promise<{
  /** What it printed. */
  text: string;
  /** The id of the version that it uploaded, if it did. */
  versionId: string | null;
}>;

export interface Release {
  /** The Worker's name at Cloudflare. */
  name: string;
  publicUrl: string;
  build: Build;
  /** Arguments of wrangler that the build needs. */
  defines: readonly string[];
  /** The shares of the requests that the new version gets, one after the other, percent. The last is 100. */
  steps: readonly number[];
  /** How long it is watched at each share, milliseconds. */
  watchMs: number;
  wrangler: Wrangler;
  say: (text: string) => void;
}

/** Between two looks at the new version while it is watched, milliseconds. */
const LOOK_MS = 5_000;

/**
 * Uploads a version, lets it answer a growing share of the requests, and asks it at each step for what visitors need. A
 * version that fails gets no more requests: the one before answers all of them again.
 * @returns false when the version was taken back
 * @throws when wrangler fails, or the deployment so far is itself between two versions
 */
export async function releaseGradually(release: Release): Promise<boolean> {
  const { name, publicUrl, build, defines, steps, watchMs, wrangler, say } = release;
  const before = await servingVersion(wrangler);
  const { versionId } = await wrangler(["versions", "upload", "--tag", build.commit.slice(0, 8), ...defines]);
  if (versionId === null) throw new Error("wrangler did not name the version that it uploaded.");
  // Cloudflare lets a request choose among the versions of a deployment.
  const asNew = { "Cloudflare-Workers-Version-Overrides": `${name}="${versionId}"` };
  for (const share of steps) {
    const rest = share < 100 ? [`${before}@${100 - share}`] : [];
    await wrangler(["versions", "deploy", `${versionId}@${share}`, ...rest, "--yes"]);
    say(`${versionId} answers ${share} % of the requests.`);
    const wrong = await watch(() => smoke(publicUrl, asNew, build), watchMs);
    if (wrong.length > 0) {
      await wrangler(["versions", "deploy", `${before}@100`, "--yes"]);
      say(`Taken back: ${before} answers all requests again.\n${wrong.join("\n")}`);
      return false;
    }
  }
  await wrangler(["triggers", "deploy"]);
  return true;
}

/** The one version that answers now. */
async function servingVersion(wrangler: Wrangler): Promise<string> {
  const { text } = await wrangler(["deployments", "status", "--json"]);
  const { versions } = JSON.parse(text) as { versions: { version_id: string; percentage: number }[] };
  const [only, ...others] = versions;
  if (!only || others.length > 0) {
    throw new Error(
      "Two versions share the requests already: end that with npm run rollback, or deploy with --at-once.",
    );
  }
  return only.version_id;
}

/** Looks until the time is over, at least once. @returns what the first failing look found */
async function watch(look: () => Promise<string[]>, ms: number): Promise<string[]> {
  const end = performance.now() + ms;
  for (;;) {
    const wrong = await look();
    if (wrong.length > 0 || performance.now() + LOOK_MS > end) return wrong;
    await sleep(LOOK_MS);
  }
}
