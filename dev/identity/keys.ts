import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { JWK } from "jose";

/** The provider's secrets, generated once per data folder. `keys[0]` signs; the others only verify what they signed. */
export interface ProviderKeys {
  keys: JWK[];
  cookieKeys: string[];
}

/** Reads the keys of a data folder, or makes them on the first start. */
export async function loadKeys(dataDir: string): Promise<ProviderKeys> {
  const file = join(dataDir, "keys.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as ProviderKeys;
  const keys = { keys: [await newSigningKey()], cookieKeys: [randomBytes(32).toString("base64url")] };
  saveKeys(dataDir, keys);
  return keys;
}

/**
 * A new signing key in front of the old ones.
 * @param dropOld forget the old keys, so that tokens they signed stop verifying (as when Auth0 revokes a key)
 */
export async function rotated(keys: ProviderKeys, dropOld: boolean): Promise<ProviderKeys> {
  const fresh = await newSigningKey();
  return { ...keys, keys: dropOld ? [fresh] : [fresh, ...keys.keys] };
}

/** Writes the keys, readable by their owner only. */
export function saveKeys(dataDir: string, keys: ProviderKeys): void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, "keys.json");
  writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** The half of the keys that anyone may see. */
export function publicKeys({ keys }: ProviderKeys): { keys: JWK[] } {
  return { keys: keys.map(({ kty, n, e, kid, alg, use }) => ({ kty, n, e, kid, alg, use }) as JWK) };
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "RS256", use: "sig" };
}
