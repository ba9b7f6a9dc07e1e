import { PROBLEMS, type ProblemCode } from "#contract/problem.ts";

/** Nothing is fetched from, or reported to, another origin. */
const CONFIGURATION = JSON.stringify({
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
});

/** The API's reference: Scalar's page over our own OpenAPI document, from our own origin. */
export function referencePage(): string {
  const body = `<script
      id="api-reference"
      data-url="/api/v1/openapi.json"
      data-configuration="${escaped(CONFIGURATION)}"
      src="/docs/scalar.js"
    ></script>`;
  return page("Holdfast API", '<link rel="icon" href="/favicon.svg" />', body);
}

/** The page that a problem's `type` resolves to: what it means and what to do about it. */
export function problemPage(code: ProblemCode): string {
  const { status, title, help } = PROBLEMS[code];
  const body = `<main>
      <h1>${escaped(title)}</h1>
      <p>Code <code>${code}</code>, HTTP status <code>${status}</code>.</p>
      <p>${escaped(help).replaceAll(/`([^`]+)`/g, "<code>$1</code>")}</p>
    </main>`;
  return page(`${title} (${code})`, '<link rel="stylesheet" href="/docs/problem.css" />', body);
}

export const PROBLEM_STYLE = `body {
  font: 1rem/1.6 system-ui, sans-serif;
  max-width: 42rem;
  margin: 3rem auto;
  padding: 0 1rem;
  color-scheme: light dark;
}
code {
  background: #8882;
  padding: 0.1em 0.3em;
  border-radius: 4px;
}
`;

function page(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escaped(title)}</title>
    ${head}
  </head>
  <body>
    ${body}
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
