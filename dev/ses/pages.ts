import { randomBytes } from "node:crypto";
import { html, raw } from "hono/html";
import { frame } from "#dev/pages/frame.ts";
import type { Email, MailStore, Particulars } from "./store.ts";
import { inboxStyle } from "./style.ts";

/** Number of mails in the list; the search covers all of them. */
const LISTED = 200;

/** Updates the list every two seconds, and announces the number of new mails. */
const FOLLOW = `
let known = document.querySelectorAll("#mails li").length;
setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("mails");
  const mails = document.getElementById("mails");
  if (fresh.dataset.newest === mails.dataset.newest) return;
  const came = fresh.querySelectorAll("li").length - known;
  known += came;
  mails.replaceWith(fresh);
  if (came > 0) document.getElementById("news").textContent = came === 1 ? "1 new mail" : came + " new mails";
}, 2000);
`;

export interface Page {
  body: string;
  policy: string;
}

/** The list, newest first; `search` keeps mails whose addresses or subject contain all of its words. */
export async function listPage(store: MailStore, search: string): Promise<Page> {
  const nonce = randomBytes(16).toString("base64");
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = store.emails.filter((email) => {
    const text = [email.subject, email.from, ...recipientsOf(email, store)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const shown = matching.slice(-LISTED).reverse();
  const body = await frame({
    title: "Inbox",
    nonce,
    style: inboxStyle,
    wide: true,
    content: html`<div class="bar">
        <h1>Inbox</h1>
        <form method="post" action="/clear"><button class="plain">Delete all</button></form>
      </div>
      <p class="lead">
        The local emulator of Amazon SES: every mail sent by Holdfast on this computer ends here and goes no further.
      </p>
      <form method="get" action="/" role="search" class="search">
        <label for="q">Find a mail</label>
        <div class="field">
          <input id="q" name="q" type="search" value="${search}" placeholder="Address or subject" autocomplete="off" />
          <button class="main">Find</button>
        </div>
      </form>
      <p id="news" class="hint" role="status"></p>
      <div id="mails" data-newest="${store.emails.length}-${store.emails.at(-1)?.messageId ?? ""}">
        ${
          shown.length
            ? html`<ul class="mails">
                ${shown.map((email) => row(email, store))}
              </ul>`
            : nothing(search)
        }
        ${
          matching.length > LISTED
            ? html`<p class="hint">The newest ${LISTED} of ${matching.length} mails. Use the search for older ones.</p>`
            : ""
        }
      </div>
      <script nonce="${nonce}">
        ${raw(FOLLOW)};
      </script>`,
  });
  return { body, policy: policy(nonce) };
}

/** One mail: addresses, time, its HTML in a sandbox, its text, its attachments and a link to the raw message. */
export async function messagePage(email: Email, particulars: Particulars | undefined): Promise<Page> {
  const nonce = randomBytes(16).toString("base64");
  const base = `/messages/${encodeURIComponent(email.messageId)}`;
  const destination = envelopeOf(email, particulars);
  const facts: [string, string][] = [
    ["From", email.from],
    ["To", destination.to.join(", ")],
    ["Cc", destination.cc.join(", ")],
    ["Bcc", destination.bcc.join(", ")],
    ["Reply to", email.replyTo.join(", ")],
    ["Sent", time(email, "full")],
    ["Message id", email.messageId],
    ["Configuration set", particulars?.configurationSetName ?? ""],
    ["Tags", particulars?.tags.map(({ name, value }) => `${name}=${value}`).join(", ") ?? ""],
  ];
  const body = await frame({
    title: email.subject,
    nonce,
    style: inboxStyle,
    wide: true,
    content: html`<p class="back"><a href="/">Back to the inbox</a></p>
      <h1>${email.subject}</h1>
      <dl>
        ${facts
          .filter(([, value]) => value)
          .map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
      </dl>
      ${attachments(email, base)}
      ${
        email.body.html === undefined
          ? ""
          : html`<section>
              <h2>As HTML</h2>
              <iframe
                src="${base}/html"
                title="The mail as HTML"
                sandbox="allow-popups allow-popups-to-escape-sandbox"
              ></iframe>
            </section>`
      }
      ${
        email.body.text === undefined
          ? ""
          : html`<section>
              <h2>As plain text</h2>
              ${preformatted(email.body.text)}
            </section>`
      }
      <p><a class="plain" href="${base}/raw">Show the raw message</a></p>`,
  });
  return { body, policy: policy(nonce) };
}

/** The file name of an attachment; calendar parts often have none. */
export function attachmentName({ filename, contentType }: Email["attachments"][number], index: number): string {
  if (filename) return filename;
  return contentType.startsWith("text/calendar") ? "invite.ics" : `attachment-${index + 1}`;
}

function policy(nonce: string): string {
  return (
    `default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    `connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
  );
}

function row(email: Email, store: MailStore) {
  const names = email.attachments.map(attachmentName).join(", ");
  return html`<li>
    <a href="/messages/${encodeURIComponent(email.messageId)}">
      <b>${email.subject}</b>
      <span class="to">to ${recipientsOf(email, store).join(", ")}</span>
      <span class="when">${time(email, "medium")}</span>
      ${names ? html`<span class="with">with ${names}</span>` : ""}
    </a>
  </li> `;
}

function nothing(search: string) {
  if (search) return html`<p class="empty">No mail matches “${search}”. <a href="/">Show all</a></p>`;
  return html`<p class="empty">No mail yet. It appears here by itself, seconds after it is sent.</p>`;
}

function attachments(email: Email, base: string) {
  if (!email.attachments.length) return "";
  return html`<section>
    <h2>Attachments</h2>
    <ul class="files">
      ${email.attachments.map((attachment, index) => {
        const { contentType, content, size } = attachment;
        const name = attachmentName(attachment, index);
        const text = contentType.startsWith("text/") ? Buffer.from(content, "base64").toString("utf8") : undefined;
        return html`<li>
          <a class="plain" href="${base}/attachments/${index}" download="${name}">Download ${name}</a>
          <span class="hint">${contentType}, ${size} bytes</span>
          ${
            text === undefined
              ? ""
              : html`<details>
                  <summary>Show ${name}</summary>
                  ${preformatted(text)}
                </details>`
          }
        </li>`;
      })}
    </ul>
  </section>`;
}

/** Text with its web addresses as links. */
function preformatted(text: string) {
  const parts = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/);
  const pieces = parts.map((part, index) =>
    index % 2 === 1 ? html`<a href="${part}" target="_blank" rel="noreferrer">${part}</a>` : html`${part}`,
  );
  return html`<pre tabindex="0">${pieces}</pre>`;
}

function envelopeOf(email: Email, particulars: Particulars | undefined): Email["destination"] {
  const envelope = particulars?.destination;
  // SES delivers to the request's Destination, or to the recipients in a raw message.
  return envelope && Object.values(envelope).flat().length ? envelope : email.destination;
}

function recipientsOf(email: Email, store: MailStore): string[] {
  return Object.values(envelopeOf(email, store.particulars(email.messageId))).flat();
}

/** In this computer's time zone, which is also the reader's. */
function time({ at }: Email, dateStyle: "medium" | "full"): string {
  const timeStyle = dateStyle === "full" ? "long" : "medium";
  return new Intl.DateTimeFormat("en-IE", { dateStyle, timeStyle }).format(at * 1000);
}
