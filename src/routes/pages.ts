import { type Context, Hono } from "hono";
import type { Config } from "#contract/answers/clinic.ts";
import { phoneLink } from "#domain/phone.ts";
import { configForPage } from "#http/clinic-config.ts";
import { ProblemError } from "#http/problems/problem.ts";
import type { App } from "#src/context.ts";

/** The patients' pages (web/patient/router.tsx). Any other path gets the page "not found", with that status. */
const PATIENT_PAGE =
  /^\/(book\/calendar|hold\/[^/]+|appointments|appointments\/[^/]+|appointments\/[^/]+\/cancel|preferences|login\/callback|doctor|doctor\/(day|week))?\/?$/;

/**
 * The apps' deep links. A path without a file ending is the staff app below /staff, and the patient app elsewhere. A
 * missing file is 404, never a page, so that no cache keeps HTML as a script.
 */
export const pages = new Hono<App>().get("*", async (c) => {
  const { pathname } = new URL(c.req.url);
  if (/\.[a-z0-9]+$/i.test(pathname)) throw new ProblemError("not-found");
  const staff = /^\/staff(\/|$)/.test(pathname);
  const page = await pageAt(c, staff ? "/staff/" : "/");
  const { origin } = new URL(c.get("services").env.ISSUER);
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy":
      `default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
      `connect-src 'self' ${origin}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
    "Cache-Control": "no-cache",
  };
  if (staff) return new Response(page.body, { headers });
  const html = withClinic(await page.text(), await configForPage(c.get("services")));
  return new Response(html, { status: PATIENT_PAGE.test(pathname) ? 200 : 404, headers });
});

/** The whole page file: without the conditions of the client's copy, which may show another telephone number. */
async function pageAt(c: Context<App>, path: string): Promise<Response> {
  const page = await c.env.ASSETS.fetch(new Request(new URL(path, c.req.url)));
  if (page.status !== 200) throw new ProblemError("not-found");
  return page;
}

/**
 * Puts the clinic into the page. The app reads its configuration there instead of asking for it. The telephone number is
 * there before any script and without the API. Without a configuration the app asks for it.
 */
function withClinic(html: string, config: Config | null): string {
  if (!config) return html;
  const { name, phone } = config.clinic;
  const json = JSON.stringify(config).replaceAll("<", "\\u003c");
  const link = `<a href="${escaped(phoneLink(phone))}">${escaped(phone)}</a>`;
  return html
    .replace("<!--config-->", () => `<script type="application/json" id="config">${json}</script>`)
    .replace("<!--clinic-->", () => escaped(name))
    .replaceAll("<!--phone-->", () => link);
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
