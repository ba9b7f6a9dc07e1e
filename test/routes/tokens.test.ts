import { createHmac, generateKeyPairSync, sign as rsaSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type JWK, SignJWT, exportJWK, importJWK } from "jose";
import { describe, expect, test } from "vitest";
import { useStack } from "../support/stack.ts";

const b64 = (value: object | string) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

describe("access tokens", () => {
  const stack = useStack();

  interface Given {
    header?: Record<string, unknown>;
    claims?: Record<string, unknown>;
    without?: string[];
  }

  /** A token signed with the provider's own key: good unless the case says otherwise. */
  async function make({ header = {}, claims = {}, without = [] }: Given = {}): Promise<string> {
    const { jwk, kid } = await providerKey();
    const now = Math.floor(Date.now() / 1000);
    const payload: Record<string, unknown> = {
      iss: stack().urls.issuer,
      aud: stack().env.AUDIENCE,
      sub: "auth0|patient2",
      iat: now,
      exp: now + 300,
      [String(stack().env.ROLE_CLAIM)]: "patient",
      ...claims,
    };
    for (const name of without) delete payload[name];
    const protectedHeader = { alg: "RS256", typ: "at+jwt", kid, ...header };
    const input = `${b64(protectedHeader)}.${b64(payload)}`;
    const { privateKey } = await nodeKey(jwk);
    return `${input}.${rsaSign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
  }

  const status = async (token: string) => {
    const reply = await stack().nobody("GET", "/session", undefined, { Authorization: `Bearer ${token}` });
    if (reply.status === 401) expect(reply.body.code).toBe("unauthenticated");
    return reply.status;
  };

  async function providerKey(): Promise<{ jwk: JWK; kid: string }> {
    const file = JSON.parse(await readFile(`${stack().dataDir}/identity/keys.json`, "utf8"));
    const jwk: JWK = (file.keys ?? file)[0];
    return { jwk, kid: String(jwk.kid) };
  }
  async function nodeKey(jwk: JWK) {
    const { createPrivateKey } = await import("node:crypto");
    return { privateKey: createPrivateKey({ key: jwk, format: "jwk" }) };
  }

  test("A good token is accepted, so that every refusal below is for its own reason", async () => {
    expect(await status(await make())).toBe(200);
    expect(await status(await make({ claims: { aud: [stack().env.AUDIENCE, "https://other.example/"] } }))).toBe(200);
  });

  const role = () => String(stack().env.ROLE_CLAIM);
  const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;
  const claims: [string, () => Given][] = [
    ["another issuer", () => ({ claims: { iss: "https://evil.example/" } })],
    ["the issuer without its slash", () => ({ claims: { iss: stack().urls.issuer.replace(/\/$/, "") } })],
    ["the issuer in upper case", () => ({ claims: { iss: stack().urls.issuer.toUpperCase() } })],
    ["a list of issuers", () => ({ claims: { iss: [stack().urls.issuer] } })],
    ["no issuer", () => ({ without: ["iss"] })],
    ["another audience", () => ({ claims: { aud: "https://other.example/" } })],
    ["an audience that only begins alike", () => ({ claims: { aud: `${stack().env.AUDIENCE}x` } })],
    ["an empty list of audiences", () => ({ claims: { aud: [] } })],
    ["an audience that is an object", () => ({ claims: { aud: { a: stack().env.AUDIENCE } } })],
    ["no audience", () => ({ without: ["aud"] })],
    ["the client as audience, as ID tokens have it", () => ({ claims: { aud: stack().env.PATIENT_CLIENT_ID } })],
    ["typ JWT, as ID tokens have it", () => ({ header: { typ: "JWT" } })],
    ["no typ", () => ({ header: { typ: undefined } })],
    ["typ logout+jwt", () => ({ header: { typ: "logout+jwt" } })],
    ["typ that is a list", () => ({ header: { typ: ["at+jwt"] } })],
    ["expired beyond the tolerance", () => ({ claims: { iat: seconds(-400), exp: seconds(-10) } })],
    ["no expiry", () => ({ without: ["exp"] })],
    ["an expiry that is a text", () => ({ claims: { exp: String(seconds(300)) } })],
    ["an expiry that is null", () => ({ claims: { exp: null } })],
    ["not valid before later", () => ({ claims: { nbf: seconds(60) } })],
    ["a not-before that is a text", () => ({ claims: { nbf: "soon" } })],
    ["issued in the future", () => ({ claims: { iat: seconds(60), exp: seconds(600) } })],
    ["no time of issue", () => ({ without: ["iat"] })],
    ["a time of issue that is a text", () => ({ claims: { iat: "now" } })],
    ["no subject", () => ({ without: ["sub"] })],
    ["an empty subject", () => ({ claims: { sub: "" } })],
    ["a subject that is a number", () => ({ claims: { sub: 1 } })],
    ["a subject that is a list", () => ({ claims: { sub: ["auth0|patient2"] } })],
    ["a subject with a line break", () => ({ claims: { sub: "auth0|patient2\n" } })],
    ["a subject that is too long", () => ({ claims: { sub: "x".repeat(256) } })],
    ["no role", () => ({ without: [role()] })],
    ["an unknown role", () => ({ claims: { [role()]: "admin" } })],
    ["a role in upper case", () => ({ claims: { [role()]: "Patient" } })],
    ["a list of roles", () => ({ claims: { [role()]: ["patient"] } })],
    ["a role that is true", () => ({ claims: { [role()]: true } })],
    ["a role that is not namespaced", () => ({ without: [role()], claims: { role: "patient" } })],
    ["a role in another namespace", () => ({ without: [role()], claims: { "https://evil.example/role": "patient" } })],
    ["a machine's token", () => ({ claims: { gty: "client-credentials", sub: "app@clients" } })],
    ["an unknown key", () => ({ header: { kid: "unknown" } })],
    ["no key id", () => ({ header: { kid: undefined } })],
    ["a key id that is a number", () => ({ header: { kid: 1 } })],
    ["a key id that is a path", () => ({ header: { kid: "../../keys" } })],
    ["a key of its own (jwk)", () => ({ header: { jwk: { kty: "RSA", n: "AQAB", e: "AQAB" } } })],
    ["a key set elsewhere (jku)", () => ({ header: { jku: "https://evil.example/jwks.json" } })],
    ["a certificate elsewhere (x5u)", () => ({ header: { x5u: "https://evil.example/cert" } })],
    ["a certificate of its own (x5c)", () => ({ header: { x5c: ["MIIB"] } })],
    ["a critical extension", () => ({ header: { crit: ["b64"], b64: false } })],
    ["an extension that is not critical", () => ({ header: { zip: "DEF" } })],
    ["the algorithm none over a good signature", () => ({ header: { alg: "none" } })],
    ["the algorithm PS256 over a good signature", () => ({ header: { alg: "PS256" } })],
    ["the algorithm HS256 over a good signature", () => ({ header: { alg: "HS256" } })],
    ["the algorithm in lower case", () => ({ header: { alg: "rs256" } })],
    ["a token that is too large", () => ({ claims: { junk: "x".repeat(9000) } })],
  ];
  test.each(claims)("401 unauthenticated: A token with %s is refused", async (_, given) => {
    expect(await status(await make(given()))).toBe(401);
  });

  test("401 unauthenticated: A token of another key is refused with every RSA, PSS, elliptic and Edwards algorithm, or none", async () => {
    const { kid } = await providerKey();
    const good = await make();
    const [, payload] = good.split(".");
    for (const alg of ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]) {
      const pair = alg.startsWith("ES")
        ? generateKeyPairSync("ec", { namedCurve: { ES256: "P-256", ES384: "P-384", ES512: "P-521" }[alg] ?? "P-256" })
        : alg === "EdDSA"
          ? generateKeyPairSync("ed25519")
          : generateKeyPairSync("rsa", { modulusLength: 2048 });
      const key = await importJWK(await exportJWK(pair.privateKey), alg);
      const claimsOf = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
      const token = await new SignJWT(claimsOf).setProtectedHeader({ alg, typ: "at+jwt", kid }).sign(key);
      expect({ alg, status: await status(token) }).toEqual({ alg, status: 401 });
    }
    for (const alg of ["none", "None", "NONE", ""]) {
      expect(await status(`${b64({ alg, typ: "at+jwt", kid })}.${payload}.`)).toBe(401);
    }
  });

  test("401 unauthenticated: A token signed with the public key as a shared secret is refused", async () => {
    const { kid, jwk } = await providerKey();
    const { createPublicKey } = await import("node:crypto");
    const key = createPublicKey({ key: { kty: "RSA", n: jwk.n, e: jwk.e } as never, format: "jwk" });
    const [, payload] = (await make()).split(".");
    for (const secret of [
      key.export({ type: "spki", format: "pem" }),
      key.export({ type: "pkcs1", format: "pem" }),
      key.export({ type: "spki", format: "der" }),
      JSON.stringify({ kty: "RSA", n: jwk.n, e: jwk.e }),
      jwk.n ?? "",
    ]) {
      const input = `${b64({ alg: "HS256", typ: "at+jwt", kid })}.${payload}`;
      const mac = createHmac("sha256", secret).update(input).digest("base64url");
      expect(await status(`${input}.${mac}`)).toBe(401);
    }
  });

  const mangled: [string, (token: string) => string][] = [
    ["no token", () => ""],
    ["two parts", (t) => t.split(".").slice(0, 2).join(".")],
    ["four parts", (t) => `${t}.x`],
    ["five parts, as encrypted ones have", (t) => `${t}.x.y`],
    ["an empty signature", (t) => `${t.split(".").slice(0, 2).join(".")}.`],
    ["an empty payload", (t) => `${t.split(".")[0]}..${t.split(".")[2]}`],
    ["padding at the end", (t) => `${t}=`],
    ["padding in the header", (t) => t.replace(".", "=.")],
    ["the alphabet of plain base64", (t) => t.replace(/-/g, "+").replace(/_/g, "/") + (/[-_]/.test(t) ? "" : "+")],
    ["a character outside the alphabet", (t) => `${t.slice(0, -1)}!`],
    [
      "a changed payload",
      (t) => {
        const [h, p, s] = t.split(".");
        return `${h}.${b64({ ...JSON.parse(Buffer.from(p ?? "", "base64url").toString()), sub: "auth0|staff1" })}.${s}`;
      },
    ],
    ["a cut signature", (t) => t.slice(0, -4)],
    ["a longer signature", (t) => `${t}AAAA`],
    ["a header that is not JSON", (t) => `${b64("{alg")}.${t.split(".").slice(1).join(".")}`],
    ["a header that is null", (t) => `${b64("null")}.${t.split(".").slice(1).join(".")}`],
    ["a header that is a list", (t) => `${b64("[]")}.${t.split(".").slice(1).join(".")}`],
    [
      "a header with a member twice",
      (t) => {
        const header = Buffer.from(t.split(".")[0] ?? "", "base64url").toString();
        return `${b64(header.replace("{", '{"alg":"none",'))}.${t.split(".").slice(1).join(".")}`;
      },
    ],
    [
      "a header with white space",
      (t) => {
        const header = Buffer.from(t.split(".")[0] ?? "", "base64url").toString();
        return `${b64(header.replace("{", "{ "))}.${t.split(".").slice(1).join(".")}`;
      },
    ],
    [
      "spare bits in the signature",
      (t) => {
        // 256 bytes end in a character of which four bits count: another one with the same four decodes alike.
        const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return t.slice(0, -1) + alphabet.charAt(alphabet.indexOf(t.at(-1) ?? "A") ^ 1);
      },
    ],
  ];
  test.each(mangled)("401 unauthenticated: A token with %s is refused", async (_, mangle) => {
    expect(await status(mangle(await make()))).toBe(401);
  });

  test.each([
    ["Basic authentication", (t: string) => `Basic ${t}`],
    ["no scheme", (t: string) => t],
    ["two tokens", (t: string) => `Bearer ${t} ${t}`],
    ["two schemes", (t: string) => `Bearer ${t}, Bearer ${t}`],
    ["a tab for the space", (t: string) => `Bearer\t${t}`],
  ])("401 unauthenticated: A good token in a header with %s is refused", async (_, header) => {
    const reply = await stack().nobody("GET", "/session", undefined, { Authorization: header(await make()) });
    expect(reply.status).toBe(401);
  });

  test("401 unauthenticated: A token that was accepted before is refused after its end", async () => {
    let token = "";
    const accepted = async () => {
      // Within the tolerance for two more seconds.
      token = await make({ claims: { exp: Math.floor(Date.now() / 1000) - 3 } });
      return status(token);
    };
    await expect.poll(accepted, { timeout: 20_000 }).toBe(200);
    await expect.poll(() => status(token), { timeout: 20_000 }).toBe(401);
  });

  test("403 forbidden: A good token of an unknown subject, or with another role than the clinic's record, may do nothing", async () => {
    for (const given of [
      { claims: { sub: "auth0|nobody" } },
      { claims: { sub: "auth0|patient2", [role()]: "staff" } },
      { claims: { sub: "auth0|staff1", [role()]: "patient" } },
    ]) {
      const token = await make(given);
      expect(await status(token)).toBe(403);
      const hold = await stack().nobody("POST", "/holds", {}, { Authorization: `Bearer ${token}` });
      expect([403, 400]).toContain(hold.status);
    }
    expect((await stack().sql("select 1 from slots where hold_id is not null")).length).toBe(0);
  });

  test("Unknown keys ask the provider at most twice a minute. A known key works while the provider is down", async () => {
    expect(await status(await make())).toBe(200);
    const before = stack().identity.stats().jwksFetches;
    for (let i = 0; i < 50; i++) expect(await status(await make({ header: { kid: `unknown-${i}` } }))).toBe(401);
    expect(stack().identity.stats().jwksFetches - before).toBeLessThanOrEqual(2);
    await stack().identity.down();
    try {
      expect(await status(await make())).toBe(200);
      const fresh = await stack().startIsolate();
      const reply = await fetch(`${fresh.url}/api/v1/session`, {
        headers: { Authorization: `Bearer ${await make()}` },
      });
      expect(reply.status).toBe(503);
      expect(reply.headers.get("Retry-After")).not.toBeNull();
    } finally {
      await stack().identity.up();
    }
  });
});
