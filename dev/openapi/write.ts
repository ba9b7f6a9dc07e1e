import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROBLEM_CODES } from "#contract/problem.ts";
import { RESOURCES } from "#src/app.ts";
import { openApi } from "./document.ts";
import { PROBLEM_STYLE, problemPage, referencePage } from "./pages.ts";

/**
 * Writes the API's reference as static files: the OpenAPI document, its page, and a page for each problem.
 * `scalar` is the path of the program that shows the document.
 */
export async function writeReference(folder: string, scalar: string): Promise<void> {
  const files: Record<string, string> = {
    "api/v1/openapi.json": JSON.stringify(openApi(RESOURCES.flatMap(({ declared }) => declared))),
    "api/v1/docs.html": referencePage(),
    "docs/problem.css": PROBLEM_STYLE,
    ...Object.fromEntries(PROBLEM_CODES.map((code) => [`problems/${code}.html`, problemPage(code)])),
  };
  for (const path of ["api/v1", "docs", "problems"]) await mkdir(join(folder, path), { recursive: true });
  await Promise.all([
    cp(scalar, join(folder, "docs", "scalar.js")),
    ...Object.entries(files).map(([path, text]) => writeFile(join(folder, path), text)),
  ]);
}
