import type { Context } from "hono";
import { html } from "hono/html";
import type { App } from "#src/context.ts";

/** A page that needs no script and no login. All words are in the language of `tag`. */
export interface PlainPage {
  tag: string;
  /** Null where the clinic is not known. */
  clinicName: string | null;
  title: string;
  paragraphs: readonly string[];
  /** The page's one button, and what its form sends beside. */
  button: { label: string; fields: Readonly<Record<string, string>> } | null;
  links: readonly { label: string; url: string }[];
}

/** Answers a page with a policy of its own: no scripts, and forms to this origin only. */
export function plainPage(c: Context<App>, page: PlainPage, status: 200 | 400 | 404 | 409 | 410) {
  const { tag, clinicName, title, paragraphs, button, links } = page;
  const nonce = crypto.randomUUID();
  c.header(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  const body = html`<!doctype html>
    <html lang="${tag}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style nonce="${nonce}">
          :root {
            color-scheme: light dark;
            --ground: light-dark(#f2f5f4, #101715);
            --card: light-dark(#ffffff, #18211e);
            --line: light-dark(#d5dedb, #33423c);
            --text: light-dark(#14211d, #e8efec);
            --accent: light-dark(#0b5d4e, #7fd1be);
            --on-accent: light-dark(#ffffff, #0c1613);
          }
          body {
            margin: 0;
            background: var(--ground);
            color: var(--text);
            font:
              1rem/1.5 system-ui,
              sans-serif;
          }
          main {
            max-width: 32rem;
            margin: 0 auto;
            padding: 2rem 1rem;
          }
          section {
            padding: 1.5rem;
            background: var(--card);
            border: 1px solid var(--line);
            border-radius: 0.75rem;
            overflow-wrap: anywhere;
          }
          h1 {
            margin: 0 0 1rem;
            font-size: 1.5rem;
            line-height: 1.25;
          }
          p.clinic,
          a {
            color: var(--accent);
          }
          p.clinic {
            font-weight: 600;
          }
          button {
            min-height: 44px;
            padding: 0.75rem 1.4rem;
            border: 0;
            border-radius: 0.5rem;
            background: var(--accent);
            color: var(--on-accent);
            font: inherit;
            font-weight: 600;
            cursor: pointer;
          }
          :focus-visible {
            outline: 3px solid var(--accent);
            outline-offset: 3px;
          }
        </style>
      </head>
      <body>
        <main>
          ${clinicName === null ? "" : html`<p class="clinic">${clinicName}</p>`}
          <section>
            <h1>${title}</h1>
            ${paragraphs.map((text) => html`<p>${text}</p>`)} ${button === null ? "" : formOf(button)}
            ${links.map(({ label, url }) => html`<p><a href="${url}">${label}</a></p>`)}
          </section>
        </main>
      </body>
    </html>`;
  return c.html(body, status);
}

/** The first language that the browser asks for, for a page about a patient who is not known. */
export function askedLanguage(c: Context<App>): string {
  return c.req.header("Accept-Language")?.split(",")[0]?.split(";")[0]?.trim() ?? "";
}

function formOf({ label, fields }: NonNullable<PlainPage["button"]>) {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  return html`<form method="post">${hidden}<button>${label}</button></form>`;
}
