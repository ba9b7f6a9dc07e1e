import { i18n } from "@lingui/core";
import type { UserManager } from "oidc-client-ts";
import type { Config } from "#contract/answers/clinic.ts";
import type { Session } from "#contract/answers/session.ts";
import { send } from "../api/request.ts";

/** The app that logs in: its client id and its own paths. */
export interface LoginClient {
  config: Config;
  clientId: string;
  callbackPath: string;
  home: string;
}

/** Loads the library at the login, because no page needs it before. */
async function managerOf({ config, clientId, callbackPath, home }: LoginClient): Promise<UserManager> {
  const { InMemoryWebStorage, UserManager, WebStorageStateStore } = await import("oidc-client-ts");
  return new UserManager({
    authority: config.issuer,
    client_id: clientId,
    redirect_uri: location.origin + callbackPath,
    post_logout_redirect_uri: location.origin + home,
    response_type: "code",
    scope: "openid profile",
    extraQueryParams: { audience: config.audience },
    loadUserInfo: false,
    automaticSilentRenew: false,
    monitorSession: false,
    // The verifier must survive the redirect; the tokens never touch storage.
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
}

/** The value of `acr_values` with which Auth0 asks for a second factor. */
const SECOND_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/**
 * Leaves for the identity provider (authorization code with PKCE), in the app's language. Comes back to `returnTo`, a path of
 * this app. `secondFactor`: the person logs in again, because an earlier login may lack the second factor or be too old.
 */
export async function logIn(client: LoginClient, returnTo: string, secondFactor = false): Promise<void> {
  const manager = await managerOf(client);
  const again = secondFactor ? { prompt: "login", acr_values: SECOND_FACTOR } : {};
  await manager.signinRedirect({ state: { returnTo }, ui_locales: i18n.locale, ...again });
}

/**
 * Finishes a login at the callback address: exchanges the access token for the session cookie and drops it.
 * @returns the session, and the path to continue at
 */
export async function finishLogIn(client: LoginClient): Promise<{ session: Session; returnTo: string }> {
  const manager = await managerOf(client);
  const user = await manager.signinRedirectCallback();
  const { data: session } = await send<Session>("/session", { method: "POST", bearer: user.access_token });
  await manager.removeUser();
  return { session, returnTo: pathOf(user.state) };
}

/** Ends the session in the API and at the identity provider, which comes back to the first page. */
export async function logOut(client: LoginClient): Promise<void> {
  await send("/session", { method: "DELETE" });
  const manager = await managerOf(client);
  await manager.signoutRedirect({ extraQueryParams: {} });
}

/** A path of this app; any other address, such as `//elsewhere.example`, becomes the first page. */
function pathOf(state: unknown): string {
  const returnTo = (state as { returnTo?: unknown } | null | undefined)?.returnTo;
  if (typeof returnTo !== "string") return "/";
  const url = URL.parse(returnTo, location.origin);
  return url?.origin === location.origin ? url.pathname.replace(/^\/+/, "/") + url.search : "/";
}
