import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { login } from "./login.ts";

const USAGE =
  "Usage: npm run -s token -- <account> [--second-factor] [--data DIR]     for example: npm run -s token -- patient1";

/** The part of a running stack's file that this command needs. */
const stackFile = z.object({
  urls: z.object({ issuer: z.url() }),
  accounts: z.array(z.object({ account: z.string(), role: z.string() })),
  auth: z.object({ clientId: z.string(), audience: z.string(), redirectUri: z.url() }),
});

/** Logs in as a seeded account of the running stack and returns its access token. */
async function tokenFor(args: string[]): Promise<string> {
  const { values, positionals } = readArguments(args);
  const [account, ...rest] = positionals;
  if (!account || rest.length) throw new Error(USAGE);
  const stack = readStack(join(values.data, "stack.json"));
  if (!stack.accounts.some((known) => known.account === account)) {
    throw new Error(`There is no account called "${account}". ${whoThereIs(stack.accounts)}`);
  }
  return (await login({ issuer: stack.urls.issuer, ...stack.auth, account, secondFactor: values["second-factor"] }))
    .accessToken;
}

function readArguments(args: string[]) {
  try {
    const options = {
      data: { type: "string", default: ".holdfast" },
      "second-factor": { type: "boolean", default: false },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

function readStack(file: string) {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(
      `The stack is not running: there is no ${file}. Start it with npm start; of one with a data folder of its own, say -- --data <folder>.`,
      { cause },
    );
  }
  const parsed = stackFile.safeParse(parseJson(content));
  if (!parsed.success) throw new Error(`${file} is not what npm start writes. Start the stack again.`);
  return parsed.data;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** "Known accounts: patient1 ... patient200, doctor1 ... doctor12." */
function whoThereIs(accounts: { account: string; role: string }[]): string {
  const byRole = Map.groupBy(accounts, ({ role }) => role);
  const ranges = [...byRole.values()].map((people) => {
    const [first, last] = [people[0]?.account, people.at(-1)?.account];
    return people.length > 1 ? `${first} ... ${last}` : `${first}`;
  });
  return ranges.length ? `Known accounts: ${ranges.join(", ")}.` : "The stack has no accounts at all.";
}

try {
  process.stdout.write(`${await tokenFor(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
