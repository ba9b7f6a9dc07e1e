import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { handleInteraction } from "./interaction.ts";
import { loadKeys, publicKeys, rotated, saveKeys } from "./keys.ts";
import { People } from "./people.ts";
import type { Account } from "./people.ts";
import { createProvider } from "./provider.ts";
import type { SpaClient } from "./provider.ts";
import { IdentityStore } from "./store.ts";
import { answerUserinfo } from "./userinfo.ts";

export type { Account, Role } from "./people.ts";
export type { SpaClient } from "./provider.ts";

export interface IdentityOptions {
  /** 0 picks a free one. */
  port: number;
  /** Where keys and sessions live across restarts. */
  dataDir: string;
  accounts: readonly Account[];
  clients: readonly SpaClient[];
  /** The API's identifier: the `aud` of access tokens. Must be an absolute URI. */
  audience: string;
  /** The namespaced claim that carries the role, for example `https://holdfast.example/role`. */
  roleClaim: string;
  /** How long access tokens are valid; one hour unless given. */
  accessTokenSeconds?: number;
  /** Where faults of the provider itself are reported; standard error unless given. */
  log?: (line: string) => void;
}

/** How the provider misbehaves: `refuse` answers 503, `hang` never answers, `drop` cuts the connection. */
export type IdentityFault = "none" | "refuse" | "hang" | "drop";

export interface Identity {
  /** `http://127.0.0.1:<port>/`, with the final slash of Auth0's issuers. */
  issuer: string;
  /** Set `mode` to make every request fail in that way; `fired` counts the requests that did. */
  faults: { mode: IdentityFault; fired: number };
  stats(): { requests: number; jwksFetches: number };
  /** A new signing key from now on. Old tokens still verify, unless `dropOld`. */
  rotateKeys(options?: { dropOld?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/**
 * The local stand-in for an Auth0 tenant: the same paths, `audience` parameter and RFC 9068 access tokens, used by
 * unmodified OpenID Connect clients. Anyone who can reach it can be anyone, so it listens on 127.0.0.1 only.
 * @throws Error naming the port when it is taken
 */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { dataDir, accounts, clients, audience, roleClaim, accessTokenSeconds = 3600, log = console.error } = options;
  const server = createServer();
  await listen(server, options.port);
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  let keys = await loadKeys(dataDir);
  const store = new IdentityStore(join(dataDir, "state.json"));
  const people = new People(accounts, store);
  const build = () => {
    const provider = createProvider({ issuer, clients, audience, roleClaim, accessTokenSeconds }, keys, people, store);
    provider.on("server_error", (_ctx, error) => log(`login: ${error.stack ?? error.message}`));
    // Koa prints a whole stack for every browser that goes away in the middle of an answer, unless told where to.
    (provider as NodeJS.EventEmitter).on("error", (error: Error) => log(`login: ${error.message}`));
    return { provider, handle: provider.callback() };
  };
  let current = build();

  const faults: Identity["faults"] = { mode: "none", fired: 0 };
  const stats = { requests: 0, jwksFetches: 0 };
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", issuer);
    stats.requests += 1;
    if (pathname === "/.well-known/jwks.json") stats.jwksFetches += 1;
    if (faults.mode !== "none") {
      faults.fired += 1;
      if (faults.mode === "drop") request.socket.destroy();
      if (faults.mode === "refuse") response.writeHead(503, { "retry-after": "1" }).end("Service Unavailable");
      return;
    }
    if (pathname.startsWith("/u/login/")) {
      await handleInteraction(current.provider, people, clients, request, response);
    } else if (await answerUserinfo({ issuer, clients, keys: publicKeys(keys), people }, request, response)) {
      return;
    } else {
      await current.handle(request, response);
    }
  };
  server.on("request", (request, response) => {
    route(request, response).catch((error: Error) => {
      log(`login: ${error.stack ?? error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  return {
    issuer,
    faults,
    stats: () => ({ ...stats }),
    rotateKeys: async ({ dropOld = false } = {}) => {
      keys = await rotated(keys, dropOld);
      saveKeys(dataDir, keys);
      current = build();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      store.flush();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken ? new Error(`Port ${port} (login) is already taken: choose another first port with --port.`) : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}
