import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Starts a shell script that outlives this process, in a session of its own: a Ctrl-C in the terminal is not for it. Its
 * `read` returns a line that is written to it, or fails when this process has ended, however it ended; its `$1` is `subject`.
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
  // A pipe counts as work to wait for; this one must not keep the process alive.
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard.stdin;
}
