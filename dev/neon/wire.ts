/**
 * The part of the Postgres wire protocol 3.0 that a pooler must read and write.
 * Source: PostgreSQL 18 manual, chapter 54, "Message Formats".
 */

/** A message with its one-letter type; `bytes` is all of it, `body` what follows the length. */
export interface Frame {
  type: string;
  bytes: Buffer;
  body: Buffer;
}

/** Cuts a byte stream into messages; incomplete ones wait for their rest. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  get empty(): boolean {
    return this.#rest.length === 0;
  }

  /** The first message of a connection, which has no type: startup, SSL or cancel request. */
  untyped(): Buffer | undefined {
    if (this.#rest.length < 4) return undefined;
    return this.#take(this.#rest.readInt32BE(0));
  }

  next(): Frame | undefined {
    if (this.#rest.length < 5) return undefined;
    const bytes = this.#take(this.#rest.readInt32BE(1) + 1);
    return bytes && { type: String.fromCharCode(bytes[0]!), bytes, body: bytes.subarray(5) };
  }

  #take(length: number): Buffer | undefined {
    if (length < 4) throw new Error("not the Postgres protocol");
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }
}

export const SSL_REQUEST = 80_877_103;
export const PROTOCOL_3_0 = 196_608;

/** Reads a startup message: its protocol number, and the parameters if it is a startup. */
export function parseStartup(message: Buffer): { code: number; parameters: Map<string, string> } {
  const code = message.readInt32BE(4);
  const words = message.subarray(8).toString("utf8").split("\0");
  const parameters = new Map<string, string>();
  for (let i = 0; i + 1 < words.length && words[i]; i += 2) parameters.set(words[i]!, words[i + 1]!);
  return { code, parameters };
}

/** The text of a message that is one zero-terminated string (password, command tag). */
export function textOf(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString("utf8", 0, end < 0 ? body.length : end);
}

export function frame(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const ASK_CLEARTEXT_PASSWORD = frame("R", int32(3));

/** The server's messages after a login: its parameters, and that it is ready. */
export function welcome(parameters: [string, string][], key: Buffer): Buffer {
  return Buffer.concat([
    frame("R", int32(0)),
    ...parameters.map(([name, value]) => frame("S", Buffer.from(`${name}\0${value}\0`))),
    frame("K", key),
    frame("Z", Buffer.from("I")),
  ]);
}

/** A FATAL error, after which the server closes. */
export function fatal(code: string, message: string): Buffer {
  return frame("E", Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`));
}
