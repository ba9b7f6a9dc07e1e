import { DatabaseError } from "pg";
import type { RawData, WebSocket } from "ws";
import { Direction } from "./direction.ts";
import type { ExchangeFaults } from "./faults.ts";
import type { ProxyContext } from "./http.ts";
import { lingers, type Credentials, type Upstream } from "./upstream.ts";
import {
  ASK_CLEARTEXT_PASSWORD,
  fatal,
  FrameReader,
  parseStartup,
  PROTOCOL_3_0,
  SSL_REQUEST,
  textOf,
  welcome,
} from "./wire.ts";

type Lent = Awaited<ReturnType<Upstream["borrow"]>>;

/** The parameters that a transaction-mode pooler accepts at login; others are session state, which PgBouncer refuses. */
const STARTUP_PARAMETERS = new Set(["user", "database", "application_name", "client_encoding"]);

/**
 * One WebSocket client: the Postgres protocol in binary messages. The proxy asks for a clear-text password, which lets the
 * driver send the login and its first query together. It logs in to Postgres itself and lends the client a pooled
 * connection for each transaction.
 */
export class Tunnel {
  readonly #context: ProxyContext;
  readonly #ws: WebSocket;
  readonly #inbound = new Direction();
  readonly #outbound = new Direction();
  readonly #fromClient = new FrameReader();
  #phase: "startup" | "password" | "ready" | "closed" = "startup";
  #credentials: Credentials = { user: "", password: "", database: "" };
  #lent: { backend: Lent; detach: () => void } | undefined;
  /** Number of answers (ReadyForQuery) that the client still waits for. */
  #pending = 0;
  #transaction = "I";
  /** The client has sent something and waits for an answer. */
  #turn = false;
  #exchange: ExchangeFaults = { hangMs: 0, dropBeforeForward: false, dropBeforeReply: false };

  constructor(context: ProxyContext, ws: WebSocket) {
    this.#context = context;
    this.#ws = ws;
    ws.on("message", (data: RawData) => this.#hear(data as Buffer));
    ws.on("close", () => void this.#leave());
    ws.on("error", () => {});
  }

  #hear(data: Buffer): void {
    const farewell = data.length === 5 && data[0] === 0x58;
    if (!farewell) {
      const stats = this.#context.stats();
      stats.wsMessages++;
      if (!this.#turn) {
        stats.wsTurns++;
        this.#turn = true;
        this.#exchange = this.#context.faults.next();
      }
    }
    const { hangMs, dropBeforeForward } = this.#exchange;
    this.#inbound.push(this.#context.rttMs() / 2 + hangMs, async () => {
      if (this.#phase === "closed") return;
      if (dropBeforeForward) return this.#ws.terminate();
      try {
        this.#fromClient.push(data);
        await this.#read();
      } catch (error) {
        this.#refuse(error);
      }
    });
  }

  #say(bytes: Buffer): void {
    if (this.#exchange.dropBeforeReply) return;
    this.#outbound.push(this.#context.rttMs() / 2, () => {
      this.#turn = false;
      if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(bytes);
    });
  }

  #refuse(error: unknown): void {
    const code = error instanceof DatabaseError ? (error.code ?? "08006") : "08006";
    this.#outbound.push(this.#context.rttMs() / 2, () => {
      if (this.#ws.readyState !== this.#ws.OPEN) return;
      this.#ws.send(fatal(code, error instanceof Error ? error.message : String(error)));
      this.#ws.close();
    });
  }

  async #read(): Promise<void> {
    if (this.#phase === "startup" && !this.#start()) return;
    const forward: Buffer[] = [];
    for (let next = this.#fromClient.next(); next; next = this.#fromClient.next()) {
      if (next.type === "X") return this.#ws.close();
      if (this.#phase === "password") {
        await this.#login(textOf(next.body));
        continue;
      }
      if (next.type === "Q" || next.type === "S") this.#pending++;
      forward.push(next.bytes);
    }
    if (this.#pending === 0 && this.#exchange.dropBeforeReply) return this.#ws.terminate();
    if (forward.length === 0) return this.#rest();
    await this.#borrow();
    this.#lent?.backend.socket.write(Buffer.concat(forward));
  }

  #start(): boolean {
    const message = this.#fromClient.untyped();
    if (!message) return false;
    const { code, parameters } = parseStartup(message);
    if (code === SSL_REQUEST) {
      this.#say(Buffer.from("N"));
      return this.#start();
    }
    if (code !== PROTOCOL_3_0) throw new Error("unsupported frontend protocol");
    const unknown = [...parameters.keys()].find((name) => !STARTUP_PARAMETERS.has(name));
    if (unknown !== undefined) throw new Error(`unsupported startup parameter: ${unknown}`);
    const user = parameters.get("user") ?? "";
    this.#credentials = { user, password: "", database: parameters.get("database") ?? user };
    this.#phase = "password";
    this.#say(ASK_CLEARTEXT_PASSWORD);
    return true;
  }

  async #login(password: string): Promise<void> {
    this.#credentials.password = password;
    await this.#borrow();
    if (!this.#lent) return;
    this.#phase = "ready";
    const { parameters, key } = this.#lent.backend;
    this.#say(welcome(parameters, key));
  }

  async #borrow(): Promise<void> {
    if (this.#lent) return;
    const backend = await this.#context.upstream.borrow(this.#credentials);
    if (this.#phase === "closed") return void this.#context.upstream.giveBack(backend, true);
    this.#lent = { backend, detach: this.#attach(backend) };
  }

  /** Replaces pg's own reader with the client; the returned function restores it. */
  #attach(backend: Lent): () => void {
    const { socket } = backend;
    const readers = socket.listeners("data") as ((chunk: Buffer) => void)[];
    const fromServer = new FrameReader();
    const onData = (chunk: Buffer): void => {
      fromServer.push(chunk);
      this.#forwardAnswer(backend, fromServer);
    };
    const onLost = (): void => this.#outbound.push(this.#context.rttMs() / 2, () => this.#ws.close(1011));
    socket.removeAllListeners("data");
    socket.on("data", onData);
    socket.once("close", onLost);
    return () => {
      socket.off("data", onData);
      socket.off("close", onLost);
      for (const reader of readers) socket.on("data", reader);
    };
  }

  #forwardAnswer(backend: Lent, fromServer: FrameReader): void {
    const reply: Buffer[] = [];
    for (let next = fromServer.next(); next; next = fromServer.next()) {
      if (next.type === "Z") {
        this.#pending--;
        this.#transaction = String.fromCharCode(next.body[0]!);
      } else if (next.type === "C") {
        backend.dirty ||= lingers(textOf(next.body));
      }
      reply.push(next.bytes);
    }
    if (reply.length > 0) this.#say(Buffer.concat(reply));
    if (this.#pending === 0 && this.#exchange.dropBeforeReply) this.#ws.terminate();
    if (fromServer.empty) this.#rest();
  }

  /** Between transactions the connection goes back to the pool. */
  #rest(): void {
    if (!this.#lent || this.#pending > 0 || this.#transaction !== "I" || !this.#fromClient.empty) return;
    const { backend, detach } = this.#lent;
    this.#lent = undefined;
    detach();
    void this.#context.upstream.giveBack(backend, true);
  }

  /** After a client has left: cancels its statement and rolls back its transaction. */
  async #leave(): Promise<void> {
    this.#phase = "closed";
    if (!this.#lent) return;
    const { backend, detach } = this.#lent;
    this.#lent = undefined;
    if (this.#pending > 0) await this.#context.upstream.cancel(backend);
    detach();
    void this.#context.upstream.giveBack(backend, false);
  }
}
