import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { claimPort, LOOPBACK } from "../postgres/port.ts";
import { Faults } from "./faults.ts";
import { handleSql, type ProxyContext } from "./http.ts";
import { noStats, type NeonStats } from "./stats.ts";
import { Tunnel } from "./tunnel.ts";
import { Upstream } from "./upstream.ts";

export interface NeonProxyOptions {
  /** TCP port on 127.0.0.1; 0 picks a free one. */
  port: number;
  /** The Postgres behind it; user, password and database come from each client. */
  upstream: { host: string; port: number };
  /** Injected network round-trip time in milliseconds, 0 by default. */
  rttMs?: number;
  /** Connections to Postgres per user and database, 40 by default. */
  poolSize?: number;
}

/** An emulator of Neon's proxy and pooler in front of one Postgres. */
export interface NeonProxy {
  port: number;
  /** For `neonConfig.fetchEndpoint`. */
  httpUrl: string;
  /** For `neonConfig.wsProxy`, with `useSecureWebSocket = false`. */
  wsProxy: string;
  /** Counts since the start or the last resetStats. */
  stats(): NeonStats;
  resetStats(): void;
  /** Changes the injected round-trip time (milliseconds): half of it in each direction, in order. */
  setRtt(ms: number): void;
  /** Breaks the network between client and database. */
  faults: Faults;
  /** Terminates the Postgres processes behind the proxy; resolves to their number. */
  killBackends(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Starts a proxy that speaks Neon's two wires on one port, as the unmodified `@neondatabase/serverless` uses them:
 * `POST /sql` (one statement, or a batch in one transaction) and a WebSocket tunnel on `/v1` and `/v2`. Like Neon's
 * pooler it lends connections per transaction, so a session keeps no state between transactions.
 * @throws {PortTakenError} when the port is taken
 */
export async function startNeonProxy(options: NeonProxyOptions): Promise<NeonProxy> {
  let stats = noStats();
  let rttMs = options.rttMs ?? 0;
  const faults = new Faults();
  const upstream = new Upstream(options.upstream, options.poolSize ?? 40);
  const context: ProxyContext = { upstream, faults, stats: () => stats, rttMs: () => rttMs };

  // Clients keep connections open; a time-out just as they send would look like a fault.
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    if (request.method !== "POST" || request.url?.split("?")[0] !== "/sql") {
      response.writeHead(404, { "content-type": "application/json" }).end('{"message":"not found"}');
      return;
    }
    handleSql(context, request, response).catch(() => request.socket.destroy());
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => {});
    void (async () => {
      if (!/^\/v[12](\?|$)/.test(request.url ?? "") || faults.refusing()) {
        socket.destroy();
        return;
      }
      stats.wsConnections++;
      if (rttMs > 0) await sleep(rttMs);
      sockets.handleUpgrade(request, socket, head, (ws) => void new Tunnel(context, ws));
    })();
  });

  const port = await claimPort("Neon proxy", options.port);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  });

  return {
    port,
    httpUrl: `http://${LOOPBACK}:${port}/sql`,
    wsProxy: `${LOOPBACK}:${port}/v1`,
    stats: () => ({ ...stats }),
    resetStats: () => void (stats = noStats()),
    setRtt: (ms) => void (rttMs = ms),
    faults,
    killBackends: () => upstream.killBackends(),
    close: async () => {
      for (const ws of sockets.clients) ws.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await upstream.close();
    },
  };
}
