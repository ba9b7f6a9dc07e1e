import { createHash, randomBytes } from "node:crypto";
import { decodeJwt } from "jose";
import { SECOND_FACTOR } from "./identity/interaction.ts";

export interface LoginOptions {
  /** The issuer's address, ending in "/". */
  issuer: string;
  clientId: string;
  audience: string;
  /** One of the client's registered addresses; it is never fetched. */
  redirectUri: string;
  /** A seeded account ("patient1"), or a person unknown to the clinic. */
  account: string | Stranger;
  /** "openid profile email" unless given. */
  scope?: string;
  /** Asks for a second factor. */
  secondFactor?: boolean;
}

/** A person for the login page's "someone else" form. Without a role the token has no role claim. */
export interface Stranger {
  subject: string;
  name: string;
  email: string;
  emailVerified?: boolean;
  role?: "patient" | "doctor" | "staff";
}

export interface Tokens {
  accessToken: string;
  idToken: string;
  refreshToken?: string;
}

/**
 * Logs in like a browser: authorization request with PKCE (S256), login page, redirect with a code, code exchange.
 * Standards: RFC 6749, RFC 7636, OpenID Connect Core 1.0.
 * @throws Error with a message for the terminal: provider not reachable, no such account, login refused
 */
export async function login(options: LoginOptions): Promise<Tokens> {
  const { issuer, clientId, redirectUri } = options;
  const browse = cookieJar();
  const discovered = await browse(new URL(".well-known/openid-configuration", issuer));
  if (discovered.status !== 200) throw new Error(`The login provider at ${issuer} answered ${discovered.status}.`);
  const endpoints = JSON.parse(discovered.body) as { authorization_endpoint: string; token_endpoint: string };

  const verifier = randomBytes(32).toString("base64url");
  const [state, nonce] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
  const start = new URL(endpoints.authorization_endpoint);
  start.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: options.scope ?? "openid profile email",
    audience: options.audience,
    state,
    nonce,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(options.secondFactor ? { acr_values: SECOND_FACTOR, prompt: "login" } : {}),
  }).toString();

  const callback = await throughLoginPage(browse, start, redirectUri, options.account);
  const refused = callback.get("error");
  if (refused) throw new Error(`The login was refused: ${callback.get("error_description") ?? refused}`);
  if (callback.get("state") !== state || callback.get("iss") !== issuer) {
    throw new Error("The login came back with another state or issuer than it was started with.");
  }

  const exchanged = await browse(new URL(endpoints.token_endpoint), {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code: callback.get("code") ?? "",
    code_verifier: verifier,
  });
  const body = JSON.parse(exchanged.body) as Record<string, string>;
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = body;
  if (exchanged.status !== 200 || !accessToken || !idToken) {
    throw new Error(`The code was not exchanged: ${body["error_description"] ?? body["error"] ?? exchanged.status}`);
  }
  if (decodeJwt(idToken)["nonce"] !== nonce) throw new Error("The ID token belongs to another login.");
  return { accessToken, idToken, ...(refreshToken ? { refreshToken } : {}) };
}

interface Answer {
  status: number;
  location: string | null;
  body: string;
}

type Browse = (url: URL, form?: Record<string, string>) => Promise<Answer>;

/** Follows redirects from the authorization request, submits the login page, and stops at the redirect to the app. */
async function throughLoginPage(
  browse: Browse,
  start: URL,
  redirectUri: string,
  account: string | Stranger,
): Promise<URLSearchParams> {
  let url = start;
  let response = await browse(url);
  let answered = false;
  for (let step = 0; step < 10; step += 1) {
    if (response.location) {
      url = new URL(response.location, url);
      if (url.href.startsWith(redirectUri)) return url.searchParams;
      response = await browse(url);
    } else if (!answered && response.status === 200) {
      answered = true;
      response = await browse(url, typeof account === "string" ? { account } : strangerForm(account));
    } else if (response.status === 422) {
      throw new Error(
        typeof account === "string"
          ? `There is no account called "${account}".`
          : `The login page did not accept "${account.subject}".`,
      );
    } else {
      throw new Error(`The login page answered ${response.status}: ${reasonOf(response.body)}`);
    }
  }
  throw new Error("The login did not end after 10 steps.");
}

function strangerForm({ subject, name, email, emailVerified = true, role }: Stranger): Record<string, string> {
  return {
    stranger: "yes",
    subject,
    name,
    email,
    role: role ?? "none",
    ...(emailVerified ? { emailVerified: "on" } : {}),
  };
}

function reasonOf(body: string): string {
  return /<p>(?!<)([^<]+)<\/p>/.exec(body)?.[1]?.trim() ?? body.slice(0, 200);
}

/** A minimal browser: it keeps cookies and does not follow redirects. */
function cookieJar(): Browse {
  const cookies = new Map<string, string>();
  return async (url, form) => {
    const headers = new Headers({ accept: form ? "application/json, text/html" : "text/html, application/json" });
    if (cookies.size) headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const init: RequestInit = { headers, redirect: "manual" };
    if (form) Object.assign(init, { method: "POST", body: new URLSearchParams(form) });
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (cause) {
      throw new Error(`The login provider at ${url.origin} does not answer. Is the stack running (npm start)?`, {
        cause,
      });
    }
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    // An unread answer would keep its connection and the process alive.
    return { status: response.status, location: response.headers.get("location"), body: await response.text() };
  };
}
