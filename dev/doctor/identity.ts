import * as z from "zod/v4";
import type { Env } from "#src/env.ts";
import { type Finding, ask, blocks, fine, jsonOf, unchecked, wrong } from "./finding.ts";
import { REMEDIES } from "./remedies.ts";

const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  end_session_endpoint: z.string().optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).default([]),
});
const Keys = z.object({ keys: z.array(z.looseObject({ kty: z.string(), alg: z.string().optional() })) });

/** The issuer: its discovery document, its keys, and whether it accepts each app's callback URL. */
export async function identityFindings(env: Env): Promise<Finding[]> {
  const answer = await ask(`${env.ISSUER}.well-known/openid-configuration`);
  const document = answer && Discovery.safeParse(await jsonOf(answer));
  if (!document?.success) return [blocks(`No login provider answers at ISSUER: ${REMEDIES.ISSUER}.`)];
  const found: Finding[] = [];
  const { issuer, authorization_endpoint, end_session_endpoint, id_token_signing_alg_values_supported } = document.data;
  if (issuer !== env.ISSUER) found.push(blocks(`The provider calls itself ${issuer}: set ISSUER to exactly that.`));
  if (!id_token_signing_alg_values_supported.includes("RS256")) {
    found.push(blocks("The provider does not sign with RS256: choose RS256 for the API and both applications."));
  }
  const keys = await ask(`${env.ISSUER}.well-known/jwks.json`);
  const set = keys && Keys.safeParse(await jsonOf(keys));
  if (!set?.success || !set.data.keys.some(({ kty, alg = "RS256" }) => kty === "RSA" && alg === "RS256")) {
    found.push(blocks(`The provider shows no RS256 key at ${env.ISSUER}.well-known/jwks.json: correct ISSUER.`));
  }
  if (end_session_endpoint === undefined) {
    found.push(
      wrong("The provider shows no logout address: turn on RP-Initiated Logout End Session Endpoint Discovery."),
    );
  }
  found.push(...(await callbackFindings(env, authorization_endpoint, "PATIENT_CLIENT_ID", "/login/callback")));
  found.push(...(await callbackFindings(env, authorization_endpoint, "STAFF_CLIENT_ID", "/staff/login/callback")));
  return [
    ...(found.length > 0 ? found : [fine("The issuer is exact, signs with RS256, and accepts both callback URLs.")]),
    unchecked(
      `Only a login shows the claims of a token: log in at ${env.PUBLIC_URL}/staff/ as the first administrator.`,
    ),
  ];
}

/** The answer of a provider that accepts the request and only misses a login (OpenID Connect Core 3.1.2.6). */
const MISSES_LOGIN = ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/** A silent login request without a session: only for a known client does the provider redirect to its callback URL. */
async function callbackFindings(
  env: Env,
  endpoint: string,
  name: "PATIENT_CLIENT_ID" | "STAFF_CLIENT_ID",
  path: string,
): Promise<Finding[]> {
  const callback = `${env.PUBLIC_URL}${path}`;
  const url = new URL(endpoint);
  const query = {
    client_id: env[name],
    redirect_uri: callback,
    response_type: "code",
    scope: "openid",
    audience: env.AUDIENCE,
    prompt: "none",
    state: "doctor",
    // The challenge of RFC 7636, appendix B; the code is never redeemed.
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  };
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  const answer = await ask(url.href);
  const target = answer?.headers.get("location") ?? "";
  if (!answer) return [blocks("The provider's login page does not answer: try again, and look at its status page.")];
  if (target.startsWith(`${callback}?`)) {
    const error = new URL(target).searchParams.get("error");
    if (error === null || MISSES_LOGIN.includes(error)) return [];
    return [
      blocks(
        `The provider refuses a login of ${name} for AUDIENCE (${error}): authorize the application for that API.`,
      ),
    ];
  }
  return [
    blocks(
      `The provider does not accept ${callback} for ${name}: correct the id, and add that to its Allowed Callback URLs.`,
    ),
  ];
}
