import { createHash } from "node:crypto";
import type { RedisCommand, Reply } from "./engine.ts";

/**
 * Upstash runs scripts whose first line is `#!lua flags=allow-key-locking`. Redis does not know that flag and refuses
 * the script, and older Redis knows no such line at all, so the line is taken off before the engine sees it. A client
 * names a script by the SHA-1 of the text **it** has; this table keeps both names together.
 */
export class ScriptNames {
  #engineSha = new Map<string, string>();

  /** The command to send to the engine, and what to make of its reply. */
  translate(command: RedisCommand): { command: RedisCommand; reply: (reply: Reply) => Reply } {
    const name = command[0].toUpperCase();
    const same = (reply: Reply) => reply;
    if ((name === "EVAL" || name === "EVAL_RO") && command[1] !== undefined) {
      return { command: [command[0], this.#accept(command[1]).script, ...command.slice(2)], reply: same };
    }
    if ((name === "EVALSHA" || name === "EVALSHA_RO") && command[1] !== undefined) {
      return { command: [command[0], this.#engineName(command[1]), ...command.slice(2)], reply: same };
    }
    if (name !== "SCRIPT" || command[1] === undefined) return { command, reply: same };
    const verb = command[1].toUpperCase();
    if (verb === "LOAD" && command[2] !== undefined) {
      const { script, sha } = this.#accept(command[2]);
      return { command: [command[0], verb, script], reply: (reply) => (reply instanceof Error ? reply : sha) };
    }
    if (verb === "EXISTS") {
      return {
        command: [command[0], verb, ...command.slice(2).map((sha) => this.#engineName(sha))],
        reply: same,
      };
    }
    if (verb === "FLUSH") this.#engineSha.clear();
    return { command, reply: same };
  }

  #accept(text: string): { script: string; sha: string } {
    const sha = sha1(text);
    const script = text.replace(/^#!lua[^\n]*(\n|$)/, "");
    if (script !== text) this.#engineSha.set(sha, sha1(script));
    return { script, sha };
  }

  #engineName(sha: string): string {
    return this.#engineSha.get(sha.toLowerCase()) ?? sha;
  }
}

/** The name Redis gives a script: SHA-1 of its text, lower-case hex. */
export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
