import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { errors } from "oidc-provider";
import type { InteractionResults, Provider } from "oidc-provider";
import { errorPage, loginPage } from "./page.ts";
import type { People, Person } from "./people.ts";
import { originsOf } from "./provider.ts";
import type { SpaClient } from "./client.ts";

/** The `acr_values` by which an application asks Auth0 for a second factor. */
export const SECOND_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/** Requests for `/u/login/<id>`: the login page and its form. */
export async function handleInteraction(
  provider: Provider,
  people: People,
  clients: readonly SpaClient[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    return send(response, 400, await errorPage("This login page is too old or was used already", error.error, clients));
  }
  const finish = (result: InteractionResults) => provider.interactionFinished(request, response, result);
  // As at Auth0: who asks for a second factor gets one; here choosing the person proves it as well.
  const asksForSecondFactor = textOf(interaction.params["acr_values"]).split(" ").includes(SECOND_FACTOR);
  const amr = asksForSecondFactor ? ["pwd", "mfa"] : ["pwd"];
  const logIn = (person: Person) => finish({ login: { accountId: person.subject, amr }, consent: {} });

  const client = clients.find(({ clientId }) => clientId === interaction.params["client_id"]);
  if (!client) return send(response, 400, await errorPage("Unknown application", "invalid_client", clients));
  // First-party applications never ask for consent, even if the request does.
  if (interaction.prompt.name === "consent") return finish({ consent: {} });

  const show = async (status: number, search: string, problems: string[], form: URLSearchParams) => {
    const page = await loginPage({ client, accounts: people.accounts, search, problems, form }, originsOf(client));
    response.setHeader("content-security-policy", page.policy);
    send(response, status, page.body);
  };

  if (request.method === "GET") {
    const hint = textOf(interaction.params["login_hint"]);
    const hinted = people.byAccount(hint);
    if (hinted) return logIn(personOf(people, hinted.subject));
    return show(200, hint, [], new URLSearchParams());
  }
  if (request.method !== "POST") {
    response.setHeader("allow", "GET, POST");
    return send(response, 405, await errorPage("Only GET and POST work here", "method_not_allowed", clients));
  }
  const form = new URLSearchParams(await text(request));
  if (form.has("cancel")) {
    return finish({ error: "access_denied", error_description: "The person cancelled the login." });
  }
  if (form.has("account")) {
    const account = people.byAccount(form.get("account") ?? "");
    if (account) return logIn(personOf(people, account.subject));
    return show(422, "", [`There is no account called ${form.get("account")}.`], new URLSearchParams());
  }
  const stranger = people.addStranger(form);
  return "problems" in stranger ? show(422, "", stranger.problems, form) : logIn(stranger);
}

function textOf(parameter: unknown): string {
  return typeof parameter === "string" ? parameter : "";
}

function personOf(people: People, subject: string): Person {
  const person = people.bySubject(subject);
  if (!person) throw new Error(`no person has the subject ${subject}`);
  return person;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(body);
}
