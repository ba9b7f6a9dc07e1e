import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./build.ts";

/** A package whose data are copied into this repository. */
interface Source {
  version: string;
  homepage: string;
  author: string;
}

const fileOf = (name: string, file: string): string => readFileSync(join(ROOT, "node_modules", name, file), "utf8");
const sourceOf = (name: string): Source => JSON.parse(fileOf(name, "package.json")) as Source;

/**
 * The text of NOTICE: works of others whose data are in this repository, with the attribution that their licences require.
 * @throws when date-holidays no longer lists its own sources, so that the notice would lack them
 */
export function noticeText(): string {
  const holidays = sourceOf("date-holidays");
  const phones = sourceOf("libphonenumber-js");
  const [, attributed] = /<attribution>([\s\S]*?)<\/attribution>/.exec(fileOf("date-holidays", "LICENSE")) ?? [];
  if (!attributed) throw new Error("The licence of date-holidays has no list of attributions.");
  const articles = attributed.split("\n").filter((line) => line.trim() !== "");
  return `Holdfast contains data of other works. Everything else in this repository is under the MIT licence (LICENSE).
This file is generated: node dev/notice.ts

web/public/holidays/*.json
  Public holidays, computed by date-holidays ${holidays.version} from its data and shortened (dev/holidays/generate.ts).
  Copyright (c) ${holidays.author}, ${holidays.homepage}
  The package calls its data CC-BY-3.0, its LICENSE file CC BY-SA 3.0. These files are under the stricter one:
  Creative Commons Attribution-ShareAlike 3.0, https://creativecommons.org/licenses/by-sa/3.0/
  The data rely on these articles:
${articles.map((line) => `    ${line.trim()}`).join("\n")}

src/db/functions/lib/phone_plans.sql
  Numbering plans from the metadata of libphonenumber-js ${phones.version}, rewritten (dev/phones/generate.ts).
  Copyright (c) ${phones.author}, MIT licence, ${phones.homepage}
  It follows Google's libphonenumber, Apache License 2.0, https://github.com/google/libphonenumber
`;
}

if (import.meta.main) writeFileSync(join(ROOT, "NOTICE"), noticeText());
