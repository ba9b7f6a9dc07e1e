import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { OidcClient, WebStorageStateStore } from "oidc-client-ts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startIdentity } from "#dev/identity/identity.ts";
import type { Account, Identity, IdentityOptions } from "#dev/identity/identity.ts";
import { login } from "#dev/login.ts";

const AUDIENCE = "https://holdfast.example/api";
const ROLE_CLAIM = "https://holdfast.example/role";
const APP = "http://127.0.0.1:18787";
const CALLBACK = `${APP}/login/callback`;

const accounts: Account[] = [
  ...Array.from({ length: 200 }, (_, i): Account => person("patient", i + 1)),
  ...Array.from({ length: 12 }, (_, i): Account => person("doctor", i + 1)),
  ...Array.from({ length: 5 }, (_, i): Account => person("staff", i + 1)),
];

function person(role: Account["role"], number: number): Account {
  const account = `${role}${number}`;
  const unverified = account === "patient7" ? { emailVerified: false } : {};
  const name = `Nora <${account}> O'Brien`;
  return { account, subject: `auth0|${account}`, role, name, email: `${account}@example.com`, ...unverified };
}

let identity: Identity;
let dataDir: string;
const logged: string[] = [];
const options = (): IdentityOptions => ({
  port: 0,
  dataDir,
  accounts,
  audience: AUDIENCE,
  roleClaim: ROLE_CLAIM,
  clients: [
    { clientId: "patient-app", name: "Patients", redirectUris: [CALLBACK], postLogoutRedirectUris: [`${APP}/`] },
    {
      clientId: "staff-app",
      name: "Staff",
      firstGroup: "staff",
      redirectUris: [`${APP}/staff/login/callback`],
      postLogoutRedirectUris: [`${APP}/staff/`],
    },
  ],
  log: (line) => logged.push(line),
});

const asPatientApp = (account: Parameters<typeof login>[0]["account"]) => ({
  issuer: identity.issuer,
  clientId: "patient-app",
  audience: AUDIENCE,
  redirectUri: CALLBACK,
  account,
});
const verify = (token: string, keys = createRemoteJWKSet(new URL(".well-known/jwks.json", identity.issuer))) =>
  jwtVerify(token, keys, { issuer: identity.issuer, audience: AUDIENCE, typ: "at+jwt", algorithms: ["RS256"] });

/** An authorization request with PKCE; `change` replaces parameters, or removes them with undefined. */
function authorizeUrl(change: Record<string, string | undefined> = {}): URL {
  const url = new URL("authorize", identity.issuer);
  const parameters = {
    response_type: "code",
    client_id: "patient-app",
    redirect_uri: CALLBACK,
    scope: "openid profile email",
    audience: AUDIENCE,
    state: "some-state",
    code_challenge: createHash("sha256").update("v".repeat(43)).digest("base64url"),
    code_challenge_method: "S256",
    ...change,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

/** GETs like a browser that keeps cookies, following redirects until a page or another origin. */
async function browse(start: URL, cookies = new Map<string, string>(), form?: Record<string, string>) {
  let url = start;
  let init: RequestInit = form ? { method: "POST", body: new URLSearchParams(form) } : {};
  for (;;) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie, accept: "text/html" } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = "", rest = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
      if (/expires=Thu, 01 Jan 1970/i.test(rest)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (!location) return { url, response, cookies, body: await response.text() };
    url = new URL(location, url);
    if (url.origin !== new URL(identity.issuer).origin) return { url, response, cookies, body: "" };
    init = {};
  }
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "holdfast-identity-"));
  identity = await startIdentity(options());
});
afterEach(() => {
  for (const fault of Object.values(identity.faults)) fault.off();
});
afterAll(async () => {
  await identity.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("discovery", () => {
  test("The discovery document has Auth0's paths under an issuer with a final slash", async () => {
    const response = await fetch(new URL(".well-known/openid-configuration", identity.issuer));
    expect(identity.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await response.json()).toMatchObject({
      issuer: identity.issuer,
      authorization_endpoint: `${identity.issuer}authorize`,
      token_endpoint: `${identity.issuer}oauth/token`,
      revocation_endpoint: `${identity.issuer}oauth/revoke`,
      end_session_endpoint: `${identity.issuer}v2/logout`,
      userinfo_endpoint: `${identity.issuer}userinfo`,
      jwks_uri: `${identity.issuer}.well-known/jwks.json`,
      code_challenge_methods_supported: ["S256"],
      id_token_signing_alg_values_supported: expect.arrayContaining(["RS256"]),
    });
  });

  test("oidc-client-ts can log in and log out with the discovery document alone", async () => {
    const memory = new Map<string, string>();
    const store = {
      length: 0,
      clear: () => memory.clear(),
      key: (index: number) => [...memory.keys()][index] ?? null,
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
      removeItem: (key: string) => void memory.delete(key),
    };
    const client = new OidcClient({
      authority: identity.issuer,
      client_id: "patient-app",
      redirect_uri: CALLBACK,
      post_logout_redirect_uri: `${APP}/`,
      scope: "openid profile email",
      extraQueryParams: { audience: AUDIENCE },
      stateStore: new WebStorageStateStore({ store }),
    });
    const request = await client.createSigninRequest({});
    const page = await browse(new URL(request.url));
    const back = await browse(page.url, page.cookies, { account: "patient2" });
    const user = await client.processSigninResponse(back.url.href);
    expect(user.profile).toMatchObject({ sub: "auth0|patient2", email: "patient2@example.com" });
    expect((await verify(user.access_token)).payload.sub).toBe("auth0|patient2");

    const logout = await client.createSignoutRequest({ id_token_hint: user.id_token ?? "", state: "after" });
    const left = await browse(new URL(logout.url), back.cookies);
    expect(left.url.origin + left.url.pathname).toBe(`${APP}/`);
    await expect(client.processSignoutResponse(left.url.href)).resolves.toBeDefined();
  });

  test("The key set has public keys only", async () => {
    const { keys } = (await (await fetch(new URL(".well-known/jwks.json", identity.issuer))).json()) as {
      keys: object[];
    };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  });
});

describe("tokens", () => {
  test("An access token for the API is an RS256 at+jwt with Auth0's claims and the namespaced role", async () => {
    const { accessToken } = await login(asPatientApp("doctor3"));
    const { payload, protectedHeader } = await verify(accessToken);
    expect(protectedHeader).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: expect.any(String) });
    expect(payload).toEqual({
      iss: identity.issuer,
      aud: [AUDIENCE, `${identity.issuer}userinfo`],
      sub: "auth0|doctor3",
      client_id: "patient-app",
      scope: "openid profile email",
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 3600,
      [ROLE_CLAIM]: "doctor",
      "https://holdfast.example/email": "doctor3@example.com",
      "https://holdfast.example/email_verified": true,
      "https://holdfast.example/amr": ["pwd"],
      "https://holdfast.example/auth_time": payload.iat,
    });
  });

  test("The ID token has the profile and is not valid as an access token", async () => {
    const { idToken } = await login(asPatientApp("patient7"));
    expect(decodeJwt(idToken)).toMatchObject({
      iss: identity.issuer,
      aud: "patient-app",
      sub: "auth0|patient7",
      name: "Nora <patient7> O'Brien",
      email: "patient7@example.com",
      email_verified: false,
    });
    expect(decodeJwt(idToken)).not.toHaveProperty([ROLE_CLAIM]);
    await expect(verify(idToken)).rejects.toThrow(errors.JWTClaimValidationFailed);
  });

  test("Without an audience the access token is opaque and valid for userinfo only, as at Auth0", async () => {
    const { accessToken } = await login({ ...asPatientApp("patient1"), audience: "" });
    expect(accessToken).not.toContain(".");
    const response = await fetch(new URL("userinfo", identity.issuer), {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(await response.json()).toMatchObject({ sub: "auth0|patient1", email: "patient1@example.com" });
  });

  test("userinfo also accepts the API's access token, and refuses a damaged one", async () => {
    const { accessToken } = await login(asPatientApp("patient4"));
    const ask = (token: string) =>
      fetch(new URL("userinfo", identity.issuer), { headers: { authorization: `Bearer ${token}`, origin: APP } });
    const good = await ask(accessToken);
    expect(good.headers.get("access-control-allow-origin")).toBe(APP);
    expect(await good.json()).toMatchObject({ sub: "auth0|patient4", email_verified: true });
    const [header, payload] = accessToken.split(".");
    expect((await ask(`${header}.${payload}.AAAA`)).status).toBe(401);
  });

  test("An unknown audience is refused by a redirect to the application", async () => {
    const { url } = await browse(authorizeUrl({ audience: "https://elsewhere.example/api" }));
    expect(url.href).toContain(CALLBACK);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error: "access_denied",
      error_description: "Service not found: https://elsewhere.example/api",
      state: "some-state",
    });
  });

  test("A login without a role has no role claim, and its person is known at the next login", async () => {
    const stranger = {
      subject: "auth0|stranger",
      name: "Sam Stranger",
      email: "sam@example.com",
      emailVerified: false,
    };
    const { accessToken, idToken } = await login(asPatientApp(stranger));
    const { payload } = await verify(accessToken);
    expect(payload).not.toHaveProperty([ROLE_CLAIM]);
    expect(payload).toMatchObject({ sub: "auth0|stranger", "https://holdfast.example/email_verified": false });
    expect(decodeJwt(idToken)).toMatchObject({ name: "Sam Stranger" });
    const { payload: withRole } = await verify((await login(asPatientApp({ ...stranger, role: "staff" }))).accessToken);
    expect(withRole[ROLE_CLAIM]).toBe("staff");
  });

  test("A refresh token works once, and a replay revokes its family", async () => {
    const { refreshToken = "" } = await login({
      ...asPatientApp("patient5"),
      scope: "openid profile email offline_access",
    });
    const refresh = async (token: string) => {
      const body = new URLSearchParams({ grant_type: "refresh_token", client_id: "patient-app", refresh_token: token });
      const response = await fetch(new URL("oauth/token", identity.issuer), { method: "POST", body });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    };
    const second = await refresh(refreshToken);
    expect(second.status).toBe(200);
    expect((await verify(second.body["access_token"] ?? "")).payload.sub).toBe("auth0|patient5");
    const third = second.body["refresh_token"] ?? "";
    expect(third).not.toBe(refreshToken);
    expect(await refresh(refreshToken)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await refresh(third)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  test("Without offline_access there is no refresh token", async () => {
    expect((await login(asPatientApp("patient5"))).refreshToken).toBeUndefined();
  });
});

describe("refusals", () => {
  test("A redirect address that is not registered gets a page, never a redirect", async () => {
    const { response, url, body } = await browse(authorizeUrl({ redirect_uri: "http://evil.example/callback" }));
    expect(response.status).toBe(400);
    expect(url.origin).toBe(new URL(identity.issuer).origin);
    expect(body).toContain("This login cannot go on");
    expect(body).toContain("invalid_redirect_uri");
  });

  test.each([
    ["no PKCE", { code_challenge: undefined, code_challenge_method: undefined }],
    ["plain PKCE", { code_challenge_method: "plain" }],
    ["the implicit flow", { response_type: "token" }],
  ])("A login with %s is refused", async (_what, change) => {
    const { url } = await browse(authorizeUrl(change));
    expect(url.href).toContain(CALLBACK);
    expect(`${url.search}${url.hash}`).toMatch(/error=(invalid_request|unsupported_response_type)/);
    expect(`${url.search}${url.hash}`).not.toMatch(/code=/);
  });

  test("An unknown client is refused", async () => {
    const { response, body } = await browse(authorizeUrl({ client_id: "nobody" }));
    expect(response.status).toBe(400);
    expect(body).toContain("invalid_client");
  });

  test("A code with a wrong verifier, and a code used twice, are refused", async () => {
    const { url } = await browse(authorizeUrl({ login_hint: "patient1" }));
    const exchange = (verifier: string, code = url.searchParams.get("code") ?? "") =>
      fetch(new URL("oauth/token", identity.issuer), {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "authorization_code",
          client_id: "patient-app",
          redirect_uri: CALLBACK,
          code,
          code_verifier: verifier,
        }),
      });
    expect((await exchange("w".repeat(43))).status).toBe(400);
    expect((await exchange("v".repeat(43))).status).toBe(200);
    expect((await exchange("v".repeat(43))).status).toBe(400);
  });
});

describe("the login page", () => {
  test("The page lists all 217 people in groups, patients first, escaped, and says that it is the emulator", async () => {
    const { response, body } = await browse(authorizeUrl());
    expect(response.status).toBe(200);
    expect(body).toContain("local emulator of Auth0");
    expect(body.match(/<button class="person"/g)).toHaveLength(217);
    const heads = [...body.matchAll(/<h2 id="(\w+)-title"/g)].map((match) => match[1]);
    expect(heads).toEqual(["patient", "doctor", "staff"]);
    expect(body).toContain("Nora &lt;patient200&gt; O&#39;Brien");
    expect(body).not.toContain("<patient");
    expect(body).not.toMatch(/(src|href)="https?:/);
    expect(response.headers.get("content-security-policy")).toMatch(/default-src 'none';.*script-src 'nonce-/);
  });

  test("The page lists staff first for the staff application", async () => {
    const { body } = await browse(
      authorizeUrl({ client_id: "staff-app", redirect_uri: `${APP}/staff/login/callback` }),
    );
    expect([...body.matchAll(/<h2 id="(\w+)-title"/g)].map((match) => match[1])).toEqual([
      "staff",
      "patient",
      "doctor",
    ]);
  });

  test("login_hint with an account logs in at once, and with any other text it fills the search field", async () => {
    const direct = await browse(authorizeUrl({ login_hint: "patient9" }));
    expect(direct.url.searchParams.get("code")).toBeTruthy();
    expect((await browse(authorizeUrl({ login_hint: 'x" onx="' }))).body).toContain('value="x&quot; onx=&quot;"');
  });

  test("A session is valid for all applications, and prompt=login lets another person log in", async () => {
    const { cookies } = await browse(authorizeUrl({ login_hint: "patient9" }));
    const staffApp = { client_id: "staff-app", redirect_uri: `${APP}/staff/login/callback` };
    const silent = await browse(authorizeUrl({ ...staffApp, prompt: "none" }), cookies);
    expect(silent.url.searchParams.get("code")).toBeTruthy();

    const asked = await browse(authorizeUrl({ ...staffApp, prompt: "login" }), cookies);
    expect(asked.body).toContain("Find a person");
    // Changing the person passes through a page whose script submits the end of the former session.
    const between = await browse(asked.url, cookies, { account: "staff2" });
    const action = new URL(/action="([^"]+)"/.exec(between.body)?.[1] ?? "", identity.issuer);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(between.body)?.[1] ?? "";
    const { url } = await browse(action, cookies, { xsrf, logout: "yes" });
    const exchanged = await fetch(new URL("oauth/token", identity.issuer), {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: "staff-app",
        redirect_uri: `${APP}/staff/login/callback`,
        code: url.searchParams.get("code") ?? "",
        code_verifier: "v".repeat(43),
      }),
    });
    const tokens = (await exchanged.json()) as { access_token: string };
    expect((await verify(tokens.access_token)).payload.sub).toBe("auth0|staff2");
  });

  test("prompt=none without a session returns login_required", async () => {
    const { url } = await browse(authorizeUrl({ prompt: "none" }));
    expect(url.searchParams.get("error")).toBe("login_required");
  });

  test("Cancelling returns to the application with access_denied", async () => {
    const page = await browse(authorizeUrl());
    const { url } = await browse(page.url, page.cookies, { cancel: "yes" });
    expect(url.href).toContain(CALLBACK);
    expect(url.searchParams.get("error")).toBe("access_denied");
  });

  test("A stranger's form with mistakes is shown again with its content and advice", async () => {
    const page = await browse(authorizeUrl());
    const typed = { stranger: "yes", subject: "auth0|patient1", name: "Nosy", email: "no", role: "patient" };
    const wrong = await browse(page.url, page.cookies, typed);
    expect(wrong.response.status).toBe(422);
    expect(wrong.body).toContain("Give a valid e-mail address.");
    expect(wrong.body).toContain('value="Nosy"');
    const taken = await browse(page.url, page.cookies, { ...typed, email: "nosy@example.com" });
    expect(taken.response.status).toBe(422);
    expect(taken.body).toContain("log in as patient1");
  });

  test("The page of an earlier login explains that it is old", async () => {
    const page = await browse(authorizeUrl());
    const { response, body } = await browse(page.url);
    expect(response.status).toBe(400);
    expect(body).toContain("This login page is too old or was used already.");
  });
});

describe("logout", () => {
  test.each([
    ["RP-initiated", (url: URL) => url.searchParams.set("post_logout_redirect_uri", `${APP}/`)],
    ["Auth0's older returnTo", (url: URL) => url.searchParams.set("returnTo", `${APP}/`)],
  ])("A logout by %s ends the session and returns to the application", async (_what, address) => {
    const { cookies } = await browse(authorizeUrl({ login_hint: "patient9" }));
    const url = new URL("v2/logout?client_id=patient-app&state=bye", identity.issuer);
    address(url);
    const { response, url: back } = await browse(url, cookies);
    expect(response.status).toBe(302);
    expect(back.href).toBe(`${APP}/?state=bye`);
    const after = await browse(authorizeUrl({ prompt: "none" }), cookies);
    expect(after.url.searchParams.get("error")).toBe("login_required");
  });

  test("A logout to an address that is not registered is refused", async () => {
    const url = new URL("v2/logout?client_id=patient-app", identity.issuer);
    url.searchParams.set("post_logout_redirect_uri", "http://evil.example/");
    expect((await browse(url)).response.status).toBe(400);
  });

  test("A logout without an address ends on the emulator's page", async () => {
    const { url, body } = await browse(new URL("v2/logout", identity.issuer));
    expect(url.pathname).toBe("/v2/logout/success");
    expect(body).toContain("You are logged out");
  });
});

describe("CORS of the token endpoint", () => {
  const refreshFrom = (origin: string) =>
    fetch(new URL("oauth/token", identity.issuer), {
      method: "POST",
      headers: { origin },
      body: new URLSearchParams({ grant_type: "refresh_token", client_id: "patient-app", refresh_token: "x" }),
    });

  test("An application's own origin may read the answer", async () => {
    expect((await refreshFrom(APP)).headers.get("access-control-allow-origin")).toBe(APP);
  });

  test.each(["http://127.0.0.1:9999", "http://evil.example", "null"])(
    "The origin %s may not read the answer",
    async (origin) => {
      const response = await refreshFrom(origin);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(response.status).toBe(400);
    },
  );

  test("The preflight is answered", async () => {
    const response = await fetch(new URL("oauth/token", identity.issuer), {
      method: "OPTIONS",
      headers: { origin: APP, "access-control-request-method": "POST" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(APP);
  });
});

describe("across restarts and rotations", () => {
  test("Tokens, sessions and strangers survive a restart", async () => {
    const { accessToken } = await login(asPatientApp("patient1"));
    const stranger = { subject: "auth0|s2", name: "Sue", email: "sue@example.com", role: "patient" as const };
    const { refreshToken = "" } = await login({ ...asPatientApp(stranger), scope: "openid profile offline_access" });
    const { cookies } = await browse(authorizeUrl({ login_hint: "patient9" }));
    const port = Number(new URL(identity.issuer).port);
    await identity.close();
    identity = await startIdentity({ ...options(), port });
    // This process still holds connections to the old server; one answered request means they are noticed and gone.
    await expect
      .poll(() =>
        fetch(identity.issuer).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);

    expect((await verify(accessToken)).payload.sub).toBe("auth0|patient1");
    const silent = await browse(authorizeUrl({ prompt: "none" }), cookies);
    expect(silent.url.searchParams.get("code")).toBeTruthy();
    const refreshed = await fetch(new URL("oauth/token", identity.issuer), {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: "patient-app",
        refresh_token: refreshToken,
      }),
    });
    const { access_token: fresh = "" } = (await refreshed.json()) as { access_token?: string };
    expect((await verify(fresh)).payload).toMatchObject({ sub: "auth0|s2", [ROLE_CLAIM]: "patient" });
  });

  test("A rotated key signs new tokens while old ones stay valid, and dropping the old key ends them", async () => {
    const before = (await login(asPatientApp("patient1"))).accessToken;
    await identity.rotateKeys();
    const after = (await login(asPatientApp("patient1"))).accessToken;
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    await verify(before);
    await verify(after);
    await identity.rotateKeys({ dropOld: true });
    await expect(verify(after)).rejects.toThrow(errors.JWKSNoMatchingKey);
    await verify((await login(asPatientApp("patient1"))).accessToken);
  });
});

describe("faults and counts", () => {
  test("Fetches of the key set are counted: one for many verifications with a cached set", async () => {
    const { accessToken } = await login(asPatientApp("patient1"));
    const keys = createRemoteJWKSet(new URL(".well-known/jwks.json", identity.issuer));
    const before = identity.stats().jwksFetches;
    await Promise.all(Array.from({ length: 20 }, () => verify(accessToken, keys)));
    expect(identity.stats().jwksFetches - before).toBe(1);
  });

  test("refuse answers 503, drop cuts the connection, hang never answers, down refuses connections, until each is lifted", async () => {
    const keySet = new URL(".well-known/jwks.json", identity.issuer);
    identity.faults.refuse.next();
    expect((await fetch(keySet)).status).toBe(503);
    identity.faults.drop.next();
    await expect(fetch(keySet)).rejects.toThrow("fetch failed");
    identity.faults.hang.next();
    await expect(fetch(keySet, { signal: AbortSignal.timeout(150) })).rejects.toThrow("timeout");
    await identity.down();
    await expect(fetch(keySet)).rejects.toThrow("fetch failed");
    await identity.up();
    expect((await fetch(keySet)).status).toBe(200);
    expect(Object.values(identity.faults).map(({ fired }) => fired)).toEqual([1, 1, 1]);
  });

  test("A taken port is named, with the flag that moves it", async () => {
    const port = Number(new URL(identity.issuer).port);
    await expect(startIdentity({ ...options(), port })).rejects.toThrow(new RegExp(`Port ${port}.*--port`));
  });

  test("Closing cuts open connections and frees the port", async () => {
    const other = await startIdentity({ ...options(), dataDir: join(dataDir, "other") });
    const port = Number(new URL(other.issuer).port);
    const idle = connect(port, "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    const cut = new Promise((resolve) => idle.once("close", resolve));
    await other.close();
    await cut;
    await (await startIdentity({ ...options(), dataDir: join(dataDir, "other"), port })).close();
  });

  test("None of these tests writes to the log", () => {
    expect(logged).toEqual([]);
  });
});

// Each run starts a Node of its own, which a busy machine takes its time for.
describe("npm run token", () => {
  const run = async (...args: string[]) => {
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ["dev/token.ts", ...args]);
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  };
  const writeStack = (content: object) => writeFileSync(join(dataDir, "stack.json"), JSON.stringify(content));
  const stack = () => ({
    urls: { issuer: identity.issuer },
    accounts: accounts.map(({ account, role }) => ({ account, role })),
    auth: { clientId: "patient-app", audience: AUDIENCE, redirectUri: CALLBACK },
  });

  test("The command prints a valid token and nothing else", async () => {
    writeStack(stack());
    const { code, stdout, stderr } = await run("staff1", "--data", dataDir);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await verify(stdout.trim())).payload[ROLE_CLAIM]).toBe("staff");
  });

  test("The command writes errors to standard error and prints no token", async () => {
    writeStack(stack());
    expect(await run("patient201", "--data", dataDir)).toMatchObject({
      code: 1,
      stdout: "",
      stderr:
        'There is no account called "patient201". Known accounts: patient1 ... patient200, doctor1 ... doctor12, ' +
        "staff1 ... staff5.\n",
    });
    expect(await run("--data", dataDir)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^Usage/),
    });
    expect(await run("patient1", "--data", join(dataDir, "none"))).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("The stack is not running"),
    });
    writeStack({ ...stack(), urls: { issuer: "http://127.0.0.1:1/" } });
    expect(await run("patient1", "--data", dataDir)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("does not answer"),
    });
  });
});
