import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT, buildAll } from "#dev/build.ts";
import { table } from "./report.ts";

/** P7 and P8: the size of the uploaded script, and of a browser's files for the first page; gzip, kB = 1000. */
export async function size(): Promise<void> {
  const { script } = await buildAll();
  const kB = (bytes: number): number => bytes / 1000;
  const gzip = (data: Buffer | string): number => kB(gzipSync(data, { level: 9 }).length);
  const row = (name: string, value: number, goal: number) => [
    name,
    value.toFixed(1),
    goal,
    value <= goal ? "met" : "NOT met",
  ];
  const rows: (string | number)[][] = [["what", "kB gzip", "goal", ""]];
  rows.push(row("P7 Worker", gzip(script), 240));
  for (const [app, page, js, css] of [
    ["patient app", "index.html", 200, 20],
    ["staff app", "staff/index.html", 280, 50],
  ] as const) {
    const html = await readFile(join(ROOT, "dist/web", page), "utf8").catch(() => null);
    if (html === null) {
      rows.push([`P8 ${app}`, "not built", "", ""]);
      continue;
    }
    const paths = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, path = ""]) => path);
    const linked = paths(/<(?:script|link)\b[^>]*?(?:src|href)="(\/[^"]+\.(?:js|css))"/g);
    // A page fetches one catalogue; the largest counts.
    const catalogues = paths(/\bdata-\w+="(\/assets\/[^"]+\.js)"/g).map(async (path) =>
      gzip(await readFile(join(ROOT, "dist/web", path))),
    );
    const catalogue = Math.max(0, ...(await Promise.all(catalogues)));
    const sum = async (ending: string): Promise<number> => {
      const files = linked.filter((path) => path.endsWith(ending));
      const sizes = await Promise.all(files.map(async (path) => gzip(await readFile(join(ROOT, "dist/web", path)))));
      return sizes.reduce((total, bytes) => total + bytes, 0);
    };
    rows.push(row(`P8 ${app}, script in its page`, (await sum(".js")) + catalogue, js));
    rows.push(row(`P8 ${app}, style in its page`, await sum(".css"), css));
  }
  table(rows);
}
