import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Starts a shell script that survives this process. It has its own session, so that Ctrl-C in the terminal does not reach
 * it. Its `read` returns a line written to it, or fails when this process has ended in any way. Its `$1` is `subject`.
 *
 * @returns its standard input
 */
export function startGuard(script: string, subject: string): Writable {
  const guard = spawn("/bin/sh", ["-c", script, "holdfast-guard", subject], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.stdin.on("error", () => {});
  guard.unref();
  // The pipe must not keep this process alive.
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard.stdin;
}
