import type { IncomingMessage, ServerResponse } from "node:http";
import { attachmentName, listPage, messagePage } from "./pages.ts";
import { createEmlContent } from "./product.ts";
import type { Email, MailStore } from "./store.ts";

/** The policy for a mail's HTML in its frame: its own styles, and links in a new tab. It fetches nothing. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; " +
  "style-src 'unsafe-inline'; frame-ancestors 'self'";

/**
 * The inbox: `/` lists the mails, `/messages/<id>` shows one, with `/raw` (as it was sent), `/html` and
 * `/attachments/<n>` below it; `POST /clear` empties it.
 * @returns false if the request is another one; then it is not answered
 */
export async function serveInbox(
  store: MailStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? "/", "http://inbox");
  if (request.method === "POST" && url.pathname === "/clear") {
    // Only the page's own form may empty the inbox, not another site.
    const site = request.headers["sec-fetch-site"];
    if (site && site !== "same-origin") return send(response, 403, "text/plain", "Only from the inbox page.");
    await store.clear();
    response.writeHead(303, { location: "/" }).end();
    return true;
  }
  if (request.method !== "GET") return false;
  if (url.pathname === "/") {
    const page = await listPage(store, url.searchParams.get("q") ?? "");
    return send(response, 200, "text/html", page.body, { "content-security-policy": page.policy });
  }
  const [, id = "", part = "", number = ""] = /^\/messages\/([^/]+)(?:\/(\w+)(?:\/(\d+))?)?$/.exec(url.pathname) ?? [];
  if (!id) return false;
  const email = store.email(decodeURIComponent(id));
  if (!email) return send(response, 404, "text/plain", "There is no such mail in the inbox.");

  if (part === "") {
    const page = await messagePage(email, store.particulars(email.messageId));
    return send(response, 200, "text/html", page.body, { "content-security-policy": page.policy });
  }
  if (part === "raw") return send(response, 200, "text/plain", await rawMessage(email, store));
  if (part === "html" && email.body.html !== undefined) {
    const body = `<base target="_blank">${email.body.html}`;
    return send(response, 200, "text/html", body, { "content-security-policy": MAIL_POLICY });
  }
  const attachment = part === "attachments" ? email.attachments[Number(number)] : undefined;
  if (!attachment) return send(response, 404, "text/plain", "This mail has no such part.");
  const name = encodeURIComponent(attachmentName(attachment, Number(number)));
  return send(response, 200, attachment.contentType, Buffer.from(attachment.content, "base64"), {
    "content-disposition": `attachment; filename*=UTF-8''${name}`,
    "content-security-policy": "sandbox",
  });
}

/** The message as it was sent; one sent in parts ("Simple") is composed like SES does. */
async function rawMessage(email: Email, store: MailStore): Promise<Buffer> {
  const raw = store.particulars(email.messageId)?.raw;
  if (raw !== undefined) return Buffer.from(raw, "base64");
  const { body } = (await createEmlContent(email)) as unknown as { body: Buffer };
  return body;
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): true {
  const charset = type.startsWith("text/") && !type.includes("charset") ? "; charset=utf-8" : "";
  response.writeHead(status, {
    "content-type": type + charset,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(body);
  return true;
}
