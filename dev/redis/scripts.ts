import { createHash } from "node:crypto";
import type { RedisCommand } from "./engine.ts";

/**
 * Upstash runs scripts whose first line is `#!lua flags=allow-key-locking`. Redis does not know that flag and refuses
 * the script, so the line is removed before the engine sees it. A client names a script by the SHA-1 of its own text;
 * this table translates that name into the engine's.
 */
export class ScriptNames {
  #engineSha = new Map<string, string>();

  /** The command to send to the engine. */
  translate([name, script = "", ...args]: RedisCommand): RedisCommand {
    if (name.toUpperCase() === "EVAL") return [name, this.#accept(script), ...args];
    if (name.toUpperCase() === "EVALSHA") return [name, this.#engineSha.get(script.toLowerCase()) ?? script, ...args];
    return script === "" && args.length === 0 ? [name] : [name, script, ...args];
  }

  #accept(text: string): string {
    const script = text.replace(/^#!lua[^\n]*(\n|$)/, "");
    if (script !== text) this.#engineSha.set(sha1(text), sha1(script));
    return script;
  }
}

/** The name Redis gives a script: SHA-1 of its text, lower-case hexadecimal. */
export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
