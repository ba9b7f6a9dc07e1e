import { Provider, errors } from "oidc-provider";
import type { Configuration, JWKS, KoaContextWithOIDC } from "oidc-provider";
import type { SpaClient } from "./client.ts";
import { endSessionLikeAuth0 } from "./logout.ts";
import { errorPage, loggedOutPage } from "./page.ts";
import type { People } from "./people.ts";
import type { ProviderKeys } from "./keys.ts";
import { adapterOver } from "./store.ts";
import type { IdentityStore } from "./store.ts";

export interface ProviderSettings {
  issuer: string;
  clients: readonly SpaClient[];
  audience: string;
  /** The namespaced claim that carries the role, for example `https://holdfast.example/role`. */
  roleClaim: string;
  accessTokenSeconds: number;
}

const DAY_SECONDS = 24 * 60 * 60;
const SCOPES = "openid profile email offline_access";

/**
 * oidc-provider set up like an Auth0 tenant: its paths, its `audience` parameter and its refresh token rotation. Its access
 * tokens follow RFC 9068 ("at+jwt", RS256, custom claims only under a namespace).
 */
export function createProvider(
  settings: ProviderSettings,
  keys: ProviderKeys,
  people: People,
  store: IdentityStore,
): Provider {
  const provider = new Provider(settings.issuer, configuration(settings, keys, people, store));
  provider.use(async (ctx, next) => {
    if (ctx.path === "/authorize") speakOidc(ctx.query as Record<string, string>, (query) => (ctx.query = query));
    await next();
  });
  provider.use(endSessionLikeAuth0(provider));
  return provider;
}

/** The origins of an application's pages, for CORS and for the login page's form policy. */
export function originsOf(client: SpaClient): string[] {
  return [...new Set([...client.redirectUris, ...client.postLogoutRedirectUris].map((uri) => new URL(uri).origin))];
}

/** Auth0 uses `audience` for RFC 8707's `resource`, and grants offline access without a consent prompt. */
function speakOidc(query: Record<string, string>, replace: (query: Record<string, string>) => void): void {
  const changed = { ...query };
  if (query["audience"] && !query["resource"]) changed["resource"] = query["audience"];
  const prompts = (query["prompt"] ?? "").split(" ").filter(Boolean);
  if (query["scope"]?.split(" ").includes("offline_access") && !prompts.includes("none")) {
    changed["prompt"] = [...new Set([...prompts, "consent"])].join(" ");
  }
  replace(changed);
}

function configuration(
  { issuer, clients, audience, roleClaim, accessTokenSeconds }: ProviderSettings,
  keys: ProviderKeys,
  people: People,
  store: IdentityStore,
): Configuration {
  const namespace = roleClaim.slice(0, roleClaim.lastIndexOf("/") + 1);
  // Cookies ignore the port, so two stacks on one host would overwrite each other's login without this.
  const cookie = `holdfast_login_${new URL(issuer).port}`;
  return {
    adapter: adapterOver(store),
    jwks: structuredClone({ keys: keys.keys }) as JWKS,
    clients: clients.map((client) => ({
      client_id: client.clientId,
      client_name: client.name,
      application_type: "web",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: [...client.redirectUris],
      post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    })),
    clientBasedCORS: (_ctx, origin, client) =>
      clients.some((known) => known.clientId === client.clientId && originsOf(known).includes(origin)),
    scopes: SCOPES.split(" "),
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    // Auth0 puts the profile into the ID token; by default only the userinfo endpoint would have it.
    conformIdTokenClaims: false,
    cookies: {
      keys: [...keys.cookieKeys],
      names: { session: `${cookie}_session`, interaction: `${cookie}_interaction`, resume: `${cookie}_resume` },
    },
    extraTokenClaims: (ctx, token) => {
      const person = "accountId" in token && token.accountId ? people.bySubject(token.accountId) : undefined;
      if (!person) return undefined;
      return {
        ...(person.role ? { [roleClaim]: person.role } : {}),
        ...loginClaims(ctx, namespace),
        [`${namespace}email`]: person.email,
        [`${namespace}email_verified`]: person.emailVerified,
      };
    },
    features: {
      claimsParameter: { enabled: false },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        // Never shown: endSessionLikeAuth0 turns it into a redirect.
        logoutSource: (ctx) => void (ctx.body = ""),
        postLogoutSuccessSource: async (ctx) => void (ctx.body = await loggedOutPage(clients)),
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => {
          if (resource !== audience) throw new errors.AccessDenied(`Service not found: ${resource}`);
          return {
            scope: SCOPES,
            audience,
            accessTokenFormat: "jwt",
            accessTokenTTL: accessTokenSeconds,
            jwt: { sign: { alg: "RS256" } },
          };
        },
        useGrantedResource: () => true,
      },
    },
    findAccount: (_ctx, subject) => {
      const person = people.bySubject(subject);
      if (!person) return undefined;
      const { name, email, emailVerified } = person;
      return { accountId: subject, claims: () => ({ sub: subject, name, email, email_verified: emailVerified }) };
    },
    formats: {
      customizers: {
        // An Auth0 access token obtained with the openid scope is meant for the userinfo endpoint as well.
        jwt: (_ctx, token, jwt) => {
          if (jwt.payload && token.scope?.split(" ").includes("openid")) {
            jwt.payload.aud = [audience, `${issuer}userinfo`];
          }
        },
      },
    },
    interactions: { url: (_ctx, interaction) => `/u/login/${interaction.uid}` },
    loadExistingGrant: (ctx) => grantWhatIsAsked(ctx, audience),
    pkce: { required: () => true },
    renderError: async (ctx, out) => {
      ctx.type = "html";
      ctx.body = await errorPage(out.error_description ?? out.error, out.error, clients);
    },
    routes: {
      authorization: "/authorize",
      token: "/oauth/token",
      revocation: "/oauth/revoke",
      end_session: "/v2/logout",
      userinfo: "/userinfo",
      jwks: "/.well-known/jwks.json",
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: 30 * DAY_SECONDS,
      IdToken: 10 * 60 * 60,
      Interaction: 60 * 60,
      RefreshToken: 30 * DAY_SECONDS,
      Session: 3 * DAY_SECONDS,
    },
  };
}

/**
 * How and when the person logged in, as a post-login Action adds it: `amr` (RFC 8176) and `auth_time`. A login that asked
 * for a second factor has proven one.
 */
function loginClaims(ctx: KoaContextWithOIDC, namespace: string): Record<string, unknown> {
  const { AuthorizationCode: code, RefreshToken: refresh } = ctx.oidc.entities;
  const { amr, authTime } = code ?? refresh ?? {};
  return amr && authTime ? { [`${namespace}amr`]: amr, [`${namespace}auth_time`]: authTime } : {};
}

/** First-party applications need no consent page: everything they ask for is granted at login. */
async function grantWhatIsAsked(ctx: KoaContextWithOIDC, audience: string) {
  const { client, session, provider, requestParamScopes } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grantId = ctx.oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const existing = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant =
    existing?.accountId === session.accountId
      ? existing
      : new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope([...requestParamScopes].join(" "));
  if (ctx.oidc.params?.["resource"] === audience) {
    grant.addResourceScope(audience, [...requestParamScopes].join(" "));
  }
  await grant.save();
  return grant;
}
