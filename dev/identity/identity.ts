import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { FaultPoint } from "#dev/fault-point.ts";
import { openListener } from "#dev/listener.ts";
import { handleInteraction } from "./interaction.ts";
import { loadKeys, publicKeys, rotated, saveKeys } from "./keys.ts";
import { People } from "./people.ts";
import type { Account } from "./people.ts";
import { createProvider } from "./provider.ts";
import type { SpaClient } from "./client.ts";
import { IdentityStore } from "./store.ts";
import { answerUserinfo } from "./userinfo.ts";

export type { Account } from "./people.ts";
export type { SpaClient } from "./client.ts";

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
  /** Gets the provider's own errors; standard error by default. */
  log?: (line: string) => void;
}

export interface Identity {
  /** `http://127.0.0.1:<port>/`, with the final slash of Auth0's issuers. */
  issuer: string;
  /** `refuse` answers 503, `hang` never answers, `drop` cuts the connection. */
  faults: { refuse: FaultPoint; hang: FaultPoint; drop: FaultPoint };
  stats(): { requests: number; jwksFetches: number };
  /** A new signing key from now on. Old tokens still verify, unless `dropOld`. */
  rotateKeys(options?: { dropOld?: boolean }): Promise<void>;
  /** Stops listening, as if the provider were down; `up` listens again on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The local emulator of an Auth0 tenant: the same paths, `audience` parameter and RFC 9068 access tokens. Unmodified OpenID
 * Connect clients use it. Anyone who can reach it can log in as any person, so it listens on 127.0.0.1 only.
 * @throws Error naming the port when it is taken
 */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { dataDir, accounts, clients, audience, roleClaim, accessTokenSeconds = 3600, log = console.error } = options;
  let keys = await loadKeys(dataDir);
  const store = new IdentityStore(join(dataDir, "state.json"));
  const people = new People(accounts, store);
  const faults = { refuse: new FaultPoint(), hang: new FaultPoint(), drop: new FaultPoint() };
  const stats = { requests: 0, jwksFetches: 0 };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", issuer);
    stats.requests += 1;
    if (pathname === "/.well-known/jwks.json") stats.jwksFetches += 1;
    if (faults.drop.hit()) return void request.socket.destroy();
    if (faults.hang.hit()) return;
    if (faults.refuse.hit()) return void response.writeHead(503, { "retry-after": "1" }).end("Service Unavailable");
    if (pathname.startsWith("/u/login/")) {
      return handleInteraction(current.provider, people, clients, request, response);
    }
    if (await answerUserinfo({ issuer, clients, keys: publicKeys(keys), people }, request, response)) return;
    await current.answer(request, response);
  };
  const listener = await openListener({
    port: options.port,
    name: "the login provider",
    handle: (request, response) =>
      handle(request, response).catch((error: Error) => {
        log(`login: ${error.stack ?? error.message}`);
        throw error;
      }),
  });
  const issuer = `${listener.url}/`;

  const build = () => {
    const provider = createProvider({ issuer, clients, audience, roleClaim, accessTokenSeconds }, keys, people, store);
    provider.on("server_error", (_ctx, error) => log(`login: ${error.stack ?? error.message}`));
    // Without this Koa prints a stack for every browser that closes the connection during an answer.
    (provider as NodeJS.EventEmitter).on("error", (error: Error) => log(`login: ${error.message}`));
    return { provider, answer: provider.callback() };
  };
  let current = build();

  return {
    issuer,
    faults,
    stats: () => ({ ...stats }),
    rotateKeys: async ({ dropOld = false } = {}) => {
      keys = await rotated(keys, dropOld);
      saveKeys(dataDir, keys);
      current = build();
    },
    down: () => listener.down(),
    up: () => listener.up(),
    close: async () => {
      await listener.close();
      store.flush();
    },
  };
}
