import { describe, expect, test } from "vitest";
import { type Release, releaseGradually } from "#dev/deploy/gradual.ts";
import { smoke } from "#dev/deploy/smoke.ts";
import { useStack } from "../support/stack.ts";

const stack = useStack();
const publicUrl = () => new URL(stack().urls.patientApp).origin;

/** What the running Worker says it is. */
async function runningBuild() {
  const response = await fetch(`${stack().urls.api}/health/ready`);
  const { commit, functions } = (await response.json()) as { commit: string; functions: string };
  return { commit, functions };
}

/** Cloudflare as wrangler sees it: the share of each version in the deployment, after every command. */
function cloudflare() {
  let shares: Record<string, number> = { before: 100 };
  const history: Record<string, number>[] = [];
  const commands: string[] = [];
  const wrangler: Release["wrangler"] = async (args) => {
    commands.push(args.slice(0, 2).join(" "));
    if (args[0] === "versions" && args[1] === "deploy") {
      shares = Object.fromEntries(
        args.filter((arg) => arg.includes("@")).map((arg) => [arg.split("@")[0]!, Number(arg.split("@")[1])]),
      );
      history.push(shares);
    }
    const versions = Object.entries(shares).map(([id, percentage]) => ({ version_id: id, percentage }));
    return { text: JSON.stringify({ versions }), versionId: args[1] === "upload" ? "after" : null };
  };
  return { wrangler, history, commands };
}

const release = (
  build: { commit: string; functions: string },
  { wrangler }: ReturnType<typeof cloudflare>,
): Release => ({
  name: "holdfast",
  publicUrl: publicUrl(),
  build,
  defines: [],
  steps: [10, 100],
  watchMs: 0,
  wrangler,
  say: () => {},
});

describe("npm run deploy", () => {
  test("A version that answers as it must gets a growing share of the requests, and in the end all, with its triggers", async () => {
    const there = cloudflare();
    expect(await releaseGradually(release(await runningBuild(), there))).toBe(true);
    expect(there.history).toEqual([{ after: 10, before: 90 }, { after: 100 }]);
    expect(there.commands.at(-1)).toBe("triggers deploy");
  });

  test("A version that does not answer as it must is taken back at its first share", async () => {
    const there = cloudflare();
    const said: string[] = [];
    const another = { ...(await runningBuild()), commit: "0123456789" };
    expect(await releaseGradually({ ...release(another, there), say: (text) => said.push(text) })).toBe(false);
    expect(there.history).toEqual([{ after: 10, before: 90 }, { before: 100 }]);
    expect(said.join()).toContain("/api/v1/health/ready is of another build");
  });

  test("Nothing is uploaded while two versions share the requests", async () => {
    const there = cloudflare();
    await there.wrangler(["versions", "deploy", "a@50", "b@50"]);
    await expect(releaseGradually(release(await runningBuild(), there))).rejects.toThrow("Two versions share");
    expect(there.commands).not.toContain("versions upload");
  });

  test("A Worker without its database is named as one that cannot book", async () => {
    const broken = await stack().startIsolate({ DATABASE_HTTP_URL: "http://127.0.0.1:1/sql" });
    const wrong = await smoke(broken.url, {}, null);
    expect(wrong).toEqual(
      expect.arrayContaining(["/api/v1/health/ready is answered 503.", "/api/v1/availability is answered 503."]),
    );
    expect(await smoke(publicUrl(), {}, await runningBuild())).toEqual([]);
  });
});
