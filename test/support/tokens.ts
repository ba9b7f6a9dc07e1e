import { createPrivateKey, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { JWK } from "jose";
import type { TestStack } from "./stack.ts";

/** A part of a token: base64url of a text, or of an object as JSON. */
export const part = (value: object | string): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

export interface TokenParts {
  /** Members of the header and of the payload beside the good ones; undefined leaves one out. */
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  /** Changes the payload's text before it is signed. */
  payload?: (text: string) => string | Buffer;
  /** Changes the header's text before it is signed. */
  head?: (text: string) => string;
}

/** The private key that the stack's provider signs with. */
export async function providerKey(stack: TestStack): Promise<JWK> {
  const file = JSON.parse(await readFile(`${stack.dataDir}/identity/keys.json`, "utf8"));
  return (file.keys ?? file)[0];
}

/** A token signed with the provider's own key, good for `patient2` unless its parts say otherwise. */
export async function signToken(stack: TestStack, parts: TokenParts = {}): Promise<{ token: string; input: string }> {
  const jwk = await providerKey(stack);
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: "RS256", typ: "at+jwt", kid: jwk.kid, ...parts.header };
  const payload = {
    iss: stack.urls.issuer,
    aud: stack.env["AUDIENCE"],
    sub: "auth0|patient2",
    iat: now,
    exp: now + 300,
    [String(stack.env["ROLE_CLAIM"])]: "patient",
    ...parts.claims,
  };
  const text = JSON.stringify(payload);
  const head = parts.head?.(JSON.stringify(header)) ?? JSON.stringify(header);
  const body = Buffer.from(parts.payload?.(text) ?? text);
  const input = `${part(head)}.${body.toString("base64url")}`;
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  return { token: `${input}.${sign("sha256", Buffer.from(input), key).toString("base64url")}`, input };
}
