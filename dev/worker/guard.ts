import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGuard } from "#dev/guard.ts";

// Miniflare starts this instead of workerd. It writes its process id for the guard. It ignores Ctrl-C, because the stack
// stops its parts in order. Then it becomes workerd (exec keeps the process id).
const WRAPPER = `#!/bin/sh
trap '' INT HUP
echo $$ > "$HOLDFAST_PID_FILE"
exec "$HOLDFAST_WORKERD" "$@"
`;

// Ends workerd when this process has ended.
const GUARD = `
trap '' INT TERM HUP
read -r _
for file in "$1"/*.pid; do [ -e "$file" ] && kill -9 "$(cat "$file")"; done
rm -rf "$1"
`;

const require = createRequire(import.meta.url);
/** The binary that miniflare would start: its own dependency, in its own version. */
const { default: workerd } = createRequire(require.resolve("miniflare"))("workerd") as { default: string };

let folder: string | undefined;

/**
 * Miniflare does not report workerd's process id, and leaves workerd running when this process is killed. This does both.
 * @returns the environment to start workerd with, and the file that will hold its process id
 */
export function guardRuntime(id: string): { runtimeEnv: Record<string, string>; pidFile: string } {
  folder ??= guardedFolder();
  const pidFile = join(folder, `${id}.pid`);
  return { runtimeEnv: { HOLDFAST_WORKERD: workerd, HOLDFAST_PID_FILE: pidFile }, pidFile };
}

function guardedFolder(): string {
  const made = mkdtempSync(join(tmpdir(), "holdfast-workerd-"));
  const wrapper = join(made, "workerd");
  writeFileSync(wrapper, WRAPPER);
  chmodSync(wrapper, 0o700);
  // Miniflare's only way to start another program than the binary.
  process.env["MINIFLARE_WORKERD_PATH"] = wrapper;
  startGuard(GUARD, made);
  return made;
}
