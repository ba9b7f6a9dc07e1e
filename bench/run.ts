import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { ROOT } from "#dev/build.ts";
import { availability } from "./availability.ts";
import { contention } from "./contention.ts";
import { cpu } from "./cpu.ts";
import { decade } from "./decade.ts";
import { holiday } from "./holiday.ts";
import { isolate } from "./isolate.ts";
import { reassignment } from "./reassignment.ts";
import { reception } from "./reception.ts";
import { roundTrips } from "./round-trips.ts";
import { size } from "./size.ts";

const USAGE = `Usage: npm run bench -- [round-trips] [contention] [availability] [reassignment] [holiday] [isolate] [cpu] [size]
                        [reception] [decade]
                        [--runs N] [--rounds N] [--data DIR] [--share N]

Measures what docs/numbers.md reports, all of it or the named sections. --runs: requests of a kind (200); --rounds: rounds
of 64 clients (30); --data: keeps the two clinics of "availability", which take minutes to make; --share: the share
of the clinic of "decade" (1).`;

interface Options {
  runs: number;
  rounds: number;
  folder: string | undefined;
  share: number;
}

const SECTIONS: Record<string, (options: Options) => Promise<void>> = {
  "round-trips": roundTrips,
  contention,
  availability,
  reassignment,
  holiday,
  isolate,
  cpu,
  size,
  reception,
  decade,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      rounds: { type: "string" },
      data: { type: "string" },
      share: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const runs = Number(values.runs ?? 200);
  const rounds = Number(values.rounds ?? 30);
  const share = Number(values.share ?? 1);
  const unknown = positionals.filter((name) => !(name in SECTIONS));
  if (values.help || unknown.length > 0 || !(runs >= 1) || !(rounds >= 1) || !(share > 0)) {
    console.error(unknown.length > 0 ? `There is no section ${unknown.join(", ")}.\n${USAGE}` : USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  const [cpu] = cpus();
  console.log(
    `commit ${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") ? " with changes" : ""}, Node ${process.version}, ` +
      `seed: the clinic's own (fixed), ${cpus().length} x ${cpu?.model ?? "unknown"}`,
  );
  for (const name of positionals.length > 0 ? positionals : Object.keys(SECTIONS)) {
    const load = () => loadavg()[0]?.toFixed(1);
    console.log(`\n## ${name} (load before: ${load()})\n`);
    await SECTIONS[name]?.({ runs, rounds, folder: values.data, share });
    console.log(`load after: ${load()}`);
  }
}

await main();
