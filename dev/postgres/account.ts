import { execFileSync, spawnSync } from "node:child_process";
import { chown, stat } from "node:fs/promises";

/** The account that Postgres runs as, and how to start a command as that account. */
export interface Account {
  /** The command line and spawn options that run `command` as the account. */
  as(command: string, args: string[]): { command: string; args: string[]; options: { uid?: number; gid?: number } };
  /** Makes the account the owner of a file or folder. */
  own(path: string): Promise<void>;
}

interface Ids {
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root, so root uses an unprivileged account. That is the owner of an existing data folder, else
 * the system user `postgres` (created if missing), else the user `nobody`. Other users run it as themselves.
 *
 * A clone below a folder that the account may not enter (such as /root) works too. The process then keeps one capability,
 * CAP_DAC_OVERRIDE, to pass through it.
 * @param paths folders and programs the account must reach
 */
export async function postgresAccount(dataDir: string, paths: string[]): Promise<Account> {
  if (process.getuid?.() !== 0) {
    return { as: (command, args) => ({ command, args, options: {} }), own: async () => {} };
  }
  const ids = (await ownerOf(dataDir)) ?? systemUser("postgres") ?? createdUser("postgres") ?? systemUser("nobody");
  if (!ids) throw new Error("Postgres cannot run as root, and no user to run it as could be found or created.");

  const own = (path: string): Promise<void> => chown(path, ids.uid, ids.gid);
  const plain: Account["as"] = (command, args) => ({ command, args, options: ids });
  if (reaches(plain, paths)) return { as: plain, own };

  const passing: Account["as"] = (command, args) => ({
    command: "setpriv",
    args: [
      `--reuid=${ids.uid}`,
      `--regid=${ids.gid}`,
      "--clear-groups",
      // Without it access(2), which Postgres asks about its own binary, ignores the capability.
      "--securebits=+no_setuid_fixup",
      "--inh-caps=-all,+dac_override",
      "--ambient-caps=-all,+dac_override",
      "--",
      command,
      ...args,
    ],
    options: {},
  });
  if (reaches(passing, paths)) return { as: passing, own };
  throw new Error(
    `Postgres cannot run as root, and the user it would run as (id ${ids.uid}) may not enter ${paths.join(" or ")}. ` +
      "Run as an ordinary user, or move the folder to a place every user can enter.",
  );
}

async function ownerOf(dataDir: string): Promise<Ids | undefined> {
  const { uid, gid } = await stat(dataDir).catch(() => ({ uid: 0, gid: 0 }));
  return uid === 0 ? undefined : { uid, gid };
}

function systemUser(name: string): Ids | undefined {
  const read = (flag: string): number => {
    const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
    return status === 0 ? Number.parseInt(stdout, 10) : Number.NaN;
  };
  const ids = { uid: read("-u"), gid: read("-g") };
  return ids.uid > 0 && ids.gid >= 0 ? ids : undefined;
}

function createdUser(name: string): Ids | undefined {
  try {
    execFileSync("groupadd", ["--system", "--force", name], { stdio: "ignore" });
    execFileSync("useradd", ["--system", "--gid", name, "--no-create-home", "--shell", "/bin/false", name], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  return systemUser(name);
}

function reaches(as: Account["as"], paths: string[]): boolean {
  const { command, args, options } = as("/bin/sh", ["-c", 'for p; do test -x "$p" || exit 1; done', "sh", ...paths]);
  return spawnSync(command, args, { ...options, cwd: "/", stdio: "ignore" }).status === 0;
}
