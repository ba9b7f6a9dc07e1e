import { Hono } from "hono";
import { html } from "hono/html";
import type { App } from "#src/context.ts";

/** Nothing is fetched from, or reported to, anybody else. */
const CONFIGURATION = JSON.stringify({
  withDefaultFonts: false,
  telemetry: false,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
});

/** The API's reference: Scalar's page over our own OpenAPI document, served from our own origin. */
export const docs = new Hono<App>().get("/docs", (c) => {
  c.header(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
      "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  c.header("Cache-Control", "public, max-age=3600");
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Holdfast API</title>
          <link rel="icon" href="/favicon.svg" />
        </head>
        <body>
          <script
            id="api-reference"
            data-url="/api/v1/openapi.json"
            data-configuration="${CONFIGURATION}"
            src="/docs/scalar.js"
          ></script>
        </body>
      </html>`,
  );
});
