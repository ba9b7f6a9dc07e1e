import { expect, test } from "vitest";
import { type TestStack, apiAt } from "#test/support/stack.ts";
import { type TokenParts, part, providerKey, signToken } from "#test/support/tokens.ts";

type Case = [name: string, token: string];

const JUNK = [null, true, false, -1, "", " ", [], {}, [null], [[]], "null", "\u0000", "\ud83d"];

/** Tokens that the issuer's own key signed, each with one thing wrong. */
function signedCases(stack: TestStack): [string, TokenParts][] {
  const role = String(stack.env["ROLE_CLAIM"]);
  const { issuer } = stack.urls;
  const audience = String(stack.env["AUDIENCE"]);
  const now = Math.floor(Date.now() / 1000);
  const wrong: Record<string, unknown[]> = {
    iss: [
      ...JUNK,
      [issuer],
      `${issuer} `,
      ` ${issuer}`,
      issuer.slice(0, -1),
      `${issuer}/`,
      issuer.toUpperCase(),
      "https://evil.example/",
    ],
    aud: [
      ...JUNK,
      audience.toUpperCase(),
      `${audience}/`,
      [`${audience}x`],
      { 0: audience },
      stack.env["PATIENT_CLIENT_ID"],
    ],
    sub: [
      ...JUNK.filter((junk) => junk !== "null"),
      1,
      ["auth0|patient2"],
      "a b",
      "a\n",
      "é",
      "x".repeat(256),
      "auth0|patient2\u0000",
    ],
    exp: [...JUNK, now - 6, 0, String(now + 300), [now + 300], `${now + 300}.0`],
    iat: [...JUNK, now + 60, 9e15, String(now), [now]],
    nbf: [true, "", "x", [], {}, now + 60, String(now), -1],
    gty: ["client-credentials"],
    [role]: [
      ...JUNK,
      0,
      1,
      "admin",
      "Staff",
      "STAFF",
      "staff ",
      " staff",
      "staff,patient",
      ["staff"],
      { role: "staff" },
      "administrator",
      "service",
      "owner",
      "root",
    ],
  };
  const heads: Record<string, unknown[]> = {
    alg: [
      ...JUNK,
      "none",
      "None",
      "nOnE",
      "rs256",
      "RS384",
      "RS512",
      "PS256",
      "PS384",
      "PS512",
      "HS256",
      "HS384",
      "HS512",
      "ES256",
      "ES256K",
      "EdDSA",
      "RSA-OAEP",
      "dir",
    ],
    typ: [...JUNK, "JWT", "jwt", "JOSE", "at", "at+jwtx", "id+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt"],
    kid: [...JUNK.filter((junk) => typeof junk !== "string" || junk === ""), 1, "x".repeat(201), ["k"], { k: 1 }],
  };
  const extras = {
    jku: "https://evil.example/",
    x5u: "https://evil.example/",
    x5c: ["MIIB"],
    x5t: "x",
    jwk: {},
    crit: ["b64"],
    b64: false,
    zip: "DEF",
    cty: "JWT",
    enc: "A128GCM",
    p2c: 1,
    iv: "x",
    url: "x",
    nonce: "x",
    __proto: 1,
  };
  return [
    ...Object.entries(wrong).flatMap(([claim, values]) =>
      values.map((value): [string, TokenParts] => [
        `${claim} ${JSON.stringify(value)}`,
        { claims: { [claim]: value } },
      ]),
    ),
    ...Object.entries(heads).flatMap(([name, values]) =>
      values.map((value): [string, TokenParts] => [`${name} ${JSON.stringify(value)}`, { header: { [name]: value } }]),
    ),
    ...Object.entries(extras).map(([name, value]): [string, TokenParts] => [name, { header: { [name]: value } }]),
    ...["iss", "aud", "sub", "exp", "iat", role].map((name): [string, TokenParts] => [
      `no ${name}`,
      { payload: (text) => JSON.stringify({ ...JSON.parse(text), [name]: undefined }) },
    ]),
    ...["alg", "typ", "kid"].map((name): [string, TokenParts] => [`no ${name}`, { header: { [name]: undefined } }]),
    ...payloads(role),
  ];
}

/** Payloads that a parser may read in another way than their issuer, or not at all. */
function payloads(role: string): [string, TokenParts][] {
  const add = (member: string) => [
    (text: string) => text.replace("{", `{${member},`),
    (text: string) => text.replace(/\}$/, `,${member}}`),
  ];
  const repeated = ["iss", "aud", "sub", "exp", "iat", role].flatMap((name) =>
    [JSON.stringify(name), `"\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}"`].flatMap((key) =>
      add(`${key}:"x"`),
    ),
  );
  const numbers = ["exp", "iat", "nbf"].flatMap((name) =>
    ["1e400", "-1e400", "1E+999"].map(
      (value) => (text: string) =>
        name === "nbf"
          ? text.replace("{", `{"nbf":${value},`)
          : text.replace(new RegExp(`"${name}":\\d+`), `"${name}":${value}`),
    ),
  );
  const broken = [
    (text: string) => `\ufeff${text}`,
    (text: string) => `${text}\ufeff`,
    (text: string) => `${text}x`,
    (text: string) => `${text}${text}`,
    (text: string) => `[${text}]`,
    (text: string) => `${text}\u0000`,
    (text: string) => text.slice(0, -1),
    (text: string) => text.replace(/\}$/, ",}"),
    (text: string) => text.replaceAll('"', "'"),
    (text: string) => text.replace('"iss"', "iss"),
    (text: string) => `/**/${text}`,
    (text: string) => JSON.stringify(text),
    () => "null",
    () => "1",
    () => "[]",
    () => "{}",
    () => "",
    (text: string) => text.replace(/\}$/, ',"a":{"b":1,"b":2}}'),
    (text: string) => text.replace(/\}$/, ',"a":[{"b":1,"\\u0062":2}]}'),
    (text: string) => Buffer.from(text, "utf16le"),
    (text: string) =>
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
  ];
  return [...repeated, ...numbers, ...broken].map((payload, at) => [`payload ${at}`, { payload }]);
}

/** Forms of a good token that are none: other characters, other parts, other signatures. */
function mangled(token: string): Case[] {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const dots = [head.length, head.length + payload.length + 1];
  const strange = [" ", "\t", "=", "+", "/", "!", "%", ",", ";", "\u00e9", "~", "*"];
  const inserted = strange.flatMap((char) =>
    // White space at the end of a header is no part of it.
    [0, 5, ...dots, ...(/\s/.test(char) ? [] : [token.length])].map((at): Case => [
      `"${char}" at ${at}`,
      token.slice(0, at) + char + token.slice(at),
    ]),
  );
  const cut = [1, 2, 3, 4, 10, 100].map((count): Case => [`without the last ${count}`, token.slice(0, -count)]);
  return [
    ...inserted,
    ...cut,
    ["no signature", `${head}.${payload}.`],
    ["no payload", `${head}..${signature}`],
    ["no header", `.${payload}.${signature}`],
    ["only dots", ".."],
    ["four parts", `${token}.`],
    ["parts in another order", `${payload}.${head}.${signature}`],
    ["its own signature as payload", `${head}.${signature}.${signature}`],
    ["percent-encoded", encodeURIComponent(token).replaceAll(".", "%2E")],
    ["upper case", token.toUpperCase()],
    [
      "the header with white space",
      `${part(Buffer.from(head, "base64url").toString().replace("{", "{ "))}.${payload}.${signature}`,
    ],
    [
      "the header with a member twice",
      `${part(Buffer.from(head, "base64url").toString().replace("{", '{"alg":"none",'))}.${payload}.${signature}`,
    ],
  ];
}

/** Bad tokens, and tokens whose key cannot be known. */
export function tokens(stack: () => TestStack): void {
  const statusOf = async (token: string, base = stack().urls.api): Promise<number> => {
    const reply = await apiAt(base)("GET", "/session", undefined, { Authorization: `Bearer ${token}` });
    return reply.status;
  };

  test("More than 300 bad tokens are 401, most of them signed by the issuer", async () => {
    const good = (await signToken(stack())).token;
    expect(await statusOf(good)).toBe(200);
    const signed = await Promise.all(
      signedCases(stack()).map(async ([name, parts]): Promise<Case> => [name, (await signToken(stack(), parts)).token]),
    );
    const cases = [...signed, ...mangled(good)].filter(([, token]) => isHeaderText(token));
    const accepted: [string, number][] = [];
    for (let at = 0; at < cases.length; at += 8) {
      const statuses = await Promise.all(
        cases.slice(at, at + 8).map(async ([name, token]) => [name, await statusOf(token)] as const),
      );
      accepted.push(
        ...statuses.filter(([, status]) => status !== 401).map(([name, status]): [string, number] => [name, status]),
      );
    }
    expect(accepted).toEqual([]);
    expect(cases.length).toBeGreaterThan(300);
    expect(await statusOf((await signToken(stack())).token)).toBe(200);
  });

  test("While the provider hangs an unknown key is always 503, by one fetch for all, and no request waits a second time", async () => {
    const isolate = `${(await stack().startIsolate()).url}/api/v1`;
    const unknown = async () => (await signToken(stack(), { header: { kid: crypto.randomUUID() } })).token;
    stack().identity.faults.hang.always();
    const before = stack().identity.stats().jwksFetches;
    try {
      const first = await Promise.all(Array.from({ length: 40 }, async () => statusOf(await unknown(), isolate)));
      expect(new Set(first)).toEqual(new Set([503]));
      expect(stack().identity.stats().jwksFetches - before).toBe(1);
      const began = performance.now();
      for (let n = 0; n < 10; n++) expect(await statusOf(await unknown(), isolate)).toBe(503);
      expect(performance.now() - began).toBeLessThan(2_500);
      expect(stack().identity.stats().jwksFetches - before).toBeLessThanOrEqual(2);
    } finally {
      stack().identity.faults.hang.off();
    }
    const { token } = await signToken(stack());
    await expect.poll(() => statusOf(token, isolate), { interval: 250 }).toBe(200);
  });

  test("A key of a rotation is taken at once, and unknown keys ask the provider twice a minute at most", async () => {
    const isolate = `${(await stack().startIsolate()).url}/api/v1`;
    expect(await statusOf((await signToken(stack())).token, isolate)).toBe(200);
    const old = await providerKey(stack());
    await stack().identity.rotateKeys();
    expect((await providerKey(stack())).kid).not.toBe(old.kid);
    expect(await statusOf((await signToken(stack())).token, isolate)).toBe(200);
    const before = stack().identity.stats().jwksFetches;
    for (let n = 0; n < 20; n++) {
      const { token } = await signToken(stack(), { header: { kid: `unknown-${n}` } });
      expect(await statusOf(token, isolate)).toBe(401);
    }
    expect(stack().identity.stats().jwksFetches - before).toBeLessThanOrEqual(2);
  });
}

/** Texts that can be sent as a header; undici refuses the others. */
function isHeaderText(token: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(token);
}
