import type { IncomingMessage, ServerResponse } from "node:http";
import { createLocalJWKSet, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import type { People } from "./people.ts";
import { originsOf } from "./provider.ts";
import type { SpaClient } from "./client.ts";

interface Context {
  issuer: string;
  clients: readonly SpaClient[];
  keys: JSONWebKeySet;
  people: People;
}

/**
 * Answers `/userinfo` for an access token of the API with the openid scope, like Auth0. The library itself accepts only
 * opaque tokens there.
 * @returns false if the request is another one; then it is not answered
 */
export async function answerUserinfo(
  { issuer, clients, keys, people }: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (new URL(request.url ?? "/", issuer).pathname !== "/userinfo" || !token) return false;

  const origin = request.headers.origin;
  response.setHeader("vary", "Origin");
  response.setHeader("cache-control", "no-store");
  if (origin && clients.some((client) => originsOf(client).includes(origin))) {
    response.setHeader("access-control-allow-origin", origin);
  }
  try {
    const options = { issuer, audience: `${issuer}userinfo`, typ: "at+jwt", algorithms: ["RS256"] };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), options);
    const person = people.bySubject(payload.sub ?? "");
    if (!person) throw new Error("no person has this subject");
    const scopes = typeof payload["scope"] === "string" ? payload["scope"].split(" ") : [];
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.end(
      JSON.stringify({
        sub: person.subject,
        ...(scopes.includes("profile") ? { name: person.name } : {}),
        ...(scopes.includes("email") ? { email: person.email, email_verified: person.emailVerified } : {}),
      }),
    );
  } catch {
    const error = { error: "invalid_token", error_description: "The access token is not valid here." };
    response.writeHead(401, {
      "content-type": "application/json; charset=utf-8",
      "www-authenticate": `Bearer error="${error.error}", error_description="${error.error_description}"`,
    });
    response.end(JSON.stringify(error));
  }
  return true;
}
