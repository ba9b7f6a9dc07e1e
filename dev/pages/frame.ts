import { html, raw } from "hono/html";
import { baseStyle } from "./style.ts";

export interface Frame {
  title: string;
  /** Allows the page's own style and script under a content security policy; without it the page has no policy. */
  nonce?: string;
  /** More style sheet, after the shared one. */
  style?: string;
  /** Wide pages hold lists; the others are a column of text. */
  wide?: boolean;
  content: unknown;
}

/** A page of the local stack, with the product's mark above the content. */
export async function frame({ title, nonce, style = "", wide = false, content }: Frame): Promise<string> {
  const sheet = raw(baseStyle + style);
  return String(
    await html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Holdfast</title>
          <link rel="icon" href="data:," />
          ${
            nonce
              ? html`<style nonce="${nonce}">
                  ${sheet}
                </style>`
              : html`<style>
                  ${sheet}
                </style>`
          }
        </head>
        <body>
          <main class="${wide ? "" : "narrow"}">
            <p class="brand">
              <svg
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
              >
                <rect x="3" y="5" width="18" height="16" rx="3" />
                <path d="M8 3v4M16 3v4M8.5 14l2.5 2.5 4.5-5" />
              </svg>
              Holdfast
            </p>
            ${content}
          </main>
        </body>
      </html>`,
  );
}
