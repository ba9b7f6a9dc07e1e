import type { Drill } from "./scene.ts";

/** Zones whose rules were changed lately, so that two zone databases of different age may differ in them. */
const CHANGED = [
  "America/Edmonton",
  "America/Vancouver",
  "Asia/Almaty",
  "America/Asuncion",
  "Africa/Cairo",
  "Asia/Gaza",
];

export const zonesChanged: Drill = {
  title: "zones-changed: the Worker and the database have different rules for a zone",
  async run(scene) {
    const [place] = await scene.query<{ id: string; zone: string }>(
      "select id, time_zone as zone from locations limit 1",
    );
    const put = (zone: string) => scene.query("update locations set time_zone = $2 where id = $1", [place?.id, zone]);
    let found = "";
    for (const zone of CHANGED) {
      await put(zone);
      const isolate = await scene.stack.startIsolate();
      const { body } = await scene.call("GET", "/health/ready", { base: isolate.url });
      await isolate.close();
      if (JSON.stringify(body["zones"]).includes(zone)) found = zone;
      if (found) {
        scene.check(`readiness is degraded and names ${zone}`, body["status"] === "degraded");
        break;
      }
    }
    if (found) {
      await scene.stack.worker.scheduled("* * * * *");
      scene.check(
        "the minute's log line names it",
        scene.lines("state").some((line) => line.includes(found)),
      );
    } else scene.say("Worker and database agree about every zone that was tried: there is nothing to see today.");
    await put(place?.zone ?? "UTC");
    await scene.within(5, "with rules that agree the zone is not named", async () => {
      const { body } = await scene.call("GET", "/health/ready");
      return JSON.stringify(body["zones"]) === '{"different":[]}';
    });
  },
};
