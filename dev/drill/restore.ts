import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { verifyAudit } from "#dev/audit/verify.ts";
import { connected } from "#dev/migrate.ts";
import { startPostgres } from "#dev/postgres.ts";
import { DATABASE } from "#dev/stack/settings.ts";
import type { Drill, Scene } from "./scene.ts";

/** Settings of a database that can be restored to any point in time. */
export function archiving(folder: string): Record<string, string> {
  return { wal_level: "replica", archive_mode: "on", archive_command: `cp %p ${join(folder, "wal")}/%f` };
}

/** Nothing that must hold in a clinic is broken: what the constraints cannot say across rows. */
const INVARIANTS = `select
  (select count(*)::int from slots s where s.appointment_id is not null
     and not exists (select from appointments a where a.id = s.appointment_id and a.slot_id = s.id)) as "slotsWithoutVisit",
  (select count(*)::int from appointments a where a.slot_id is not null
     and not exists (select from slots s where s.id = a.slot_id and s.appointment_id = a.id)) as "visitsWithoutSlot",
  (select count(*)::int from appointments a where a.status = 'booked'
     and not exists (select from outbox o where o.appointment_id = a.id)) as "visitsNeverTold"`;

export const restored: Drill = {
  title: "restore: the database is put back to a point in time",
  async run(scene) {
    const folder = scene.folder;
    const [data, copy, wal] = ["stack/postgres", "copy", "wal"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await backUp(scene, data, copy);
    const kept = await scene.book(await scene.token(scene.nextPatient()));
    scene.check("a booking after the backup", kept.status === 201);
    const [target] = await scene.query<{ at: string }>("select clock_timestamp()::text as at");
    const lost = await scene.book(await scene.token(scene.nextPatient()));
    scene.check("a booking after the point in time", lost.status === 201);
    await scene.query("select pg_switch_wal()");
    const archived = "select failed_count = 0 and last_archived_wal >= $1 as done from pg_stat_archiver";
    const [segment] = await scene.query<{ name: string }>("select pg_walfile_name(pg_current_wal_lsn() - 1) as name");
    await scene.within(20, "the last log segment is archived", async () => {
      return (await scene.query<{ done: boolean }>(archived, [segment?.name]))[0]?.done === true;
    });

    const began = performance.now();
    await writeFile(join(copy, "recovery.signal"), "");
    execFileSync("chown", ["--reference", data, join(copy, "recovery.signal")]);
    const postgres = await startPostgres({
      dataDir: copy,
      port: 0,
      password: scene.stack.postgres.password,
      settings: {
        restore_command: `cp ${wal}/%f %p`,
        recovery_target_time: target?.at ?? "",
        recovery_target_action: "promote",
      },
    });
    try {
      await connected(postgres.url(DATABASE), async (client) => {
        await promoted(client);
        const seconds = (performance.now() - began) / 1000;
        const has = async (id: unknown) =>
          (await client.query("select from appointments where id = $1", [id])).rowCount;
        scene.check("the booking before the point in time is there", (await has(kept.body["id"])) === 1);
        scene.check("the booking after it is not", (await has(lost.body["id"])) === 0);
        const { findings, sealed } = await verifyAudit(client, []);
        scene.check(`the audit trail is whole (${sealed} entries under seals)`, findings.length === 0);
        const { rows } = await client.query<Record<string, number>>(INVARIANTS);
        scene.check(
          `the invariants hold: ${JSON.stringify(rows[0])}`,
          Object.values(rows[0] ?? {}).every((n) => n === 0),
        );
        const { rows: newest } = await client.query<{ seconds: number }>(
          "select extract(epoch from $1::timestamptz - max(at))::float8 as seconds from audit",
          [target?.at],
        );
        scene.say(
          `RTO ${seconds.toFixed(1)} s from backup and log; RPO 0 s: the last change before the point in time, ` +
            `${newest[0]?.seconds.toFixed(1)} s before it, is there`,
        );
      });
    } finally {
      await postgres.close();
    }
  },
};

/** A base backup of the running database (PostgreSQL manual, 25.3.3): the files, and the label that says where to begin. */
async function backUp(scene: Scene, data: string, copy: string): Promise<void> {
  const client = new Client(scene.stack.urls.postgres);
  await client.connect();
  try {
    await client.query("select pg_backup_start('drill', true)");
    await mkdir(copy);
    // Files may vanish while they are copied.
    execFileSync("sh", ["-c", `cp -a ${data}/. ${copy}/ 2>/dev/null || true`]);
    const { rows } = await client.query<{ label: string }>("select labelfile as label from pg_backup_stop(false)");
    execFileSync("rm", ["-rf", join(copy, "postmaster.pid"), join(copy, "postmaster.opts"), join(copy, "pg_wal")]);
    execFileSync("mkdir", ["-m", "700", join(copy, "pg_wal")]);
    await writeFile(join(copy, "backup_label"), rows[0]?.label ?? "");
    for (const name of [".", "pg_wal", "backup_label"]) execFileSync("chown", ["--reference", data, join(copy, name)]);
    execFileSync("chmod", ["700", copy]);
  } finally {
    await client.end();
  }
}

async function promoted(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ ends: boolean }>("select not pg_is_in_recovery() as ends");
    if (rows[0]?.ends) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
