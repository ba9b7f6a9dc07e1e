import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "#dev/build.ts";

/** Where the generated client lies: `#client/*`. */
const CLIENT = "dist/client";

const GENERATOR = "@hey-api/openapi-ts/dist/run.mjs";
const OPTIONS = ["-i", "dist/web/api/v1/openapi.json", "-o", CLIENT, "-c", "@hey-api/client-fetch", "--no-log-file"];

/** Generates a client from the document that ships, as any developer of an app would. @throws with the tool's output */
export async function generateClient(): Promise<void> {
  await node("--import", "./test/client/old-typescript.mjs", join("node_modules", GENERATOR), ...OPTIONS);
}

/** Checks the types of the generated client and of the program that uses it. @throws with the compiler's output */
export async function checkTypes(): Promise<void> {
  await node(join("node_modules", "typescript/bin/tsc"), "-p", "test/client");
}

function node(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${args.join(" ")} failed (${code}):\n${Buffer.concat(output).toString()}`));
    });
  });
}
