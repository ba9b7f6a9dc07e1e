import type { KoaContextWithOIDC, Provider } from "oidc-provider";

type Next = () => Promise<unknown>;

/**
 * Logs out like Auth0: at once, without oidc-provider's confirmation page. It redirects to `post_logout_redirect_uri` (or to
 * Auth0's older `returnTo`) if that address is registered for the client.
 */
export function endSessionLikeAuth0(provider: Provider) {
  return async (ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    const ends = ctx.path === "/v2/logout" && ctx.method === "GET";
    if (ends && ctx.query["returnTo"] && !ctx.query["post_logout_redirect_uri"]) {
      ctx.query = { ...ctx.query, post_logout_redirect_uri: ctx.query["returnTo"] };
    }
    await next();
    if (!ends || ctx.status !== 200) return;

    // The library has checked the request, stored the return address in the session and rendered its question.
    const session = ctx.oidc.session;
    const target = session?.state as { postLogoutRedirectUri?: string; state?: string } | undefined;
    // Refresh tokens stay, as at Auth0: logging out ends the browser's session only.
    await session?.destroy();
    ctx.cookies.set(provider.cookieName("session"), null, { httpOnly: true, sameSite: "lax" });
    const way = new URL(target?.postLogoutRedirectUri ?? "/v2/logout/success", provider.issuer);
    if (target?.postLogoutRedirectUri && target.state !== undefined) way.searchParams.set("state", target.state);
    ctx.redirect(way.href);
    ctx.body = null;
    ctx.status = 302;
  };
}
