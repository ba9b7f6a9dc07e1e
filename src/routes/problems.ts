import { Hono } from "hono";
import { html } from "hono/html";
import { PROBLEMS, PROBLEM_CODES } from "#contract/problem.ts";
import type { App } from "#src/context.ts";
import { ProblemError } from "#http/problems/problem.ts";

/** The page that a problem's `type` resolves to: what it means and what to do about it. */
export const problemPages = new Hono<App>().get("/problems/:code", (c) => {
  const code = PROBLEM_CODES.find((known) => known === c.req.param("code"));
  if (!code) throw new ProblemError("not-found");
  const { status, title, help } = PROBLEMS[code];
  c.header("Cache-Control", "public, max-age=3600");
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} (${code})</title>
          <style>
            body {
              font:
                1rem/1.6 system-ui,
                sans-serif;
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
          </style>
        </head>
        <body>
          <main>
            <h1>${title}</h1>
            <p>Code <code>${code}</code>, HTTP status <code>${status}</code>.</p>
            <p>${help}</p>
          </main>
        </body>
      </html>`,
  );
});
