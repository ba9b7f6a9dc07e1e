import { randomBytes } from "node:crypto";
import { html, raw } from "hono/html";
import { frame } from "#dev/pages/frame.ts";
import type { Account, Role } from "./people.ts";
import type { SpaClient } from "./client.ts";
import { script } from "./script.ts";
import { strangerForm } from "./stranger-form.ts";
import { loginStyle } from "./style.ts";

/** Number of people of a group before "Show all" or a search. */
const SHOWN_FIRST = 12;

const GROUPS: Record<Role, { title: string; counted: string }> = {
  patient: { title: "Patients", counted: "patients" },
  doctor: { title: "Doctors", counted: "doctors" },
  staff: { title: "Clinic staff", counted: "staff" },
};

export interface LoginPage {
  client: SpaClient;
  accounts: readonly Account[];
  /** The initial search text, if the application's login hint names an unknown person. */
  search: string;
  /** The faults of a submitted "someone else" form, and its content. */
  problems: readonly string[];
  form: URLSearchParams;
}

/** A page and the content security policy it needs (`formTargets` are origins a submitted form may end up at). */
export interface Page {
  body: string;
  policy: string;
}

/** The emulator's login page: every seeded person is a button, and one press logs in. */
export async function loginPage({ client, accounts, search, problems, form }: LoginPage, formTargets: string[]) {
  const nonce = randomBytes(16).toString("base64");
  const first = client.firstGroup ?? "patient";
  const order = [first, ...(["patient", "doctor", "staff"] as const).filter((role) => role !== first)];
  const body = await frame({
    title: `Log in to ${client.name}`,
    nonce,
    style: loginStyle,
    wide: true,
    content: html`<h1>Log in</h1>
      <p class="lead">to ${client.name}</p>
      <p class="note">
        <strong>This is the local emulator of Auth0.</strong> It runs on this computer only and has no passwords: choose
        a person.
      </p>
      ${problems.length ? problemBox(problems) : ""}
      <div class="find" role="search" hidden>
        <div class="line">
          <label for="find">Find a person</label>
          <p class="status" id="found" role="status"></p>
        </div>
        <input
          id="find"
          type="search"
          autocomplete="off"
          spellcheck="false"
          value="${search}"
          placeholder="Name, account or e-mail"
        />
      </div>
      <form method="post">
        ${order.map((role) =>
          group(
            role,
            accounts.filter((account) => account.role === role),
          ),
        )}
      </form>
      ${strangerForm(form, problems.length > 0)}
      <form method="post" class="cancel"><button class="plain" name="cancel" value="yes">Cancel</button></form>
      <script nonce="${nonce}">
        ${raw(script(SHOWN_FIRST))};
      </script>`,
  });
  return { body, policy: policy(nonce, ["'self'", ...formTargets]) } satisfies Page;
}

/** A page for a login that cannot continue, with a link to each application. */
export async function errorPage(sentence: string, code: string, clients: readonly SpaClient[]): Promise<string> {
  // The library's sentences start in lower case, often with a parameter's name, which must not change.
  const capital = /^\w+_/.test(sentence) ? sentence : sentence.charAt(0).toUpperCase() + sentence.slice(1);
  const text = capital.replace(/\.?$/, ".");
  return frame({
    title: "This login cannot go on",
    content: html`<h1>This login cannot go on</h1>
      <p>${text}</p>
      <p class="hint">Error code: <code>${code}</code> (from the local emulator of Auth0)</p>
      ${waysBack(clients)}`,
  });
}

/** The page after a logout without a registered return address. */
export async function loggedOutPage(clients: readonly SpaClient[]): Promise<string> {
  return frame({
    title: "Logged out",
    content: html`<h1>You are logged out</h1>
      ${waysBack(clients)}`,
  });
}

function policy(nonce: string, formTargets: string[]): string {
  return (
    `default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; ` +
    `frame-ancestors 'none'; form-action ${formTargets.join(" ")}`
  );
}

function group(role: Role, people: readonly Account[]) {
  if (!people.length) return "";
  return html`<section aria-labelledby="${role}-title">
    <div class="head">
      <h2 id="${role}-title">${GROUPS[role].title}</h2>
      <span>${people.length}</span>
    </div>
    <ul class="people">
      ${people.map(
        ({ account, name, email }) =>
          html`<li>
            <button class="person" name="account" value="${account}">
              <span class="badge" aria-hidden="true">${initials(name)}</span>
              <span class="who"><b>${name}</b> <small>${account} · ${email}</small></span>
            </button>
          </li> `,
      )}
    </ul>
    ${
      people.length > SHOWN_FIRST
        ? html`<button type="button" class="plain more" aria-expanded="false" hidden>
            Show all ${people.length} ${GROUPS[role].counted}
          </button>`
        : ""
    }
  </section>`;
}

function initials(name: string): string {
  const words = name
    .replace(/^(Dr|Mr|Mrs|Ms|Prof)\.? /, "")
    .split(" ")
    .filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0) ?? "").join("");
}

function problemBox(problems: readonly string[]) {
  return html`<div class="problems" role="alert">
    <p><strong>That did not work.</strong></p>
    <ul>
      ${problems.map((problem) => html`<li>${problem}</li>`)}
    </ul>
  </div>`;
}

function waysBack(clients: readonly SpaClient[]) {
  return html`${clients.map((client) => {
    const address = client.postLogoutRedirectUris[0] ?? new URL(client.redirectUris[0] ?? "about:blank").origin;
    return html`<p><a class="plain" href="${address}">Go to ${client.name}</a></p>`;
  })}`;
}
