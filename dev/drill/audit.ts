import { verifyAudit } from "#dev/audit/verify.ts";
import { connected } from "#dev/migrate.ts";
import type { Drill, Scene } from "./scene.ts";

const verify = (scene: Scene) => connected(scene.stack.urls.postgres, (client) => verifyAudit(client, []));

export const auditTampered: Drill = {
  title: "audit-tampered: an entry of the audit trail was edited in the database",
  async run(scene) {
    await scene.book(await scene.token(scene.nextPatient()));
    await scene.stack.worker.scheduled("* * * * *");
    const before = await verify(scene);
    scene.check(
      `the trail is whole (${before.sealed} entries under ${before.seals} seals)`,
      before.findings.length === 0,
    );
    const [row] = await scene.query<{ id: string; reason: string | null }>(
      "select a.id, a.reason from audit a where not exists (select from audit_unsealed u where u.audit_id = a.id) limit 1",
    );
    // Only the owner of the table can set its triggers aside.
    const edit = (reason: string | null) =>
      connected(scene.stack.urls.postgres, async (client) => {
        await client.query("alter table audit disable trigger user");
        await client.query("update audit set reason = $2 where id = $1", [row?.id, reason]);
        await client.query("alter table audit enable trigger user");
      });
    await edit("edited by hand");
    const { findings } = await verify(scene);
    scene.check(`it is found: ${findings.join(" ")}`, findings.length === 1 && findings[0]!.includes(row?.id ?? "?"));
    await edit(row?.reason ?? null);
    scene.check("with the entry of a backup the trail is whole again", (await verify(scene)).findings.length === 0);
  },
};
