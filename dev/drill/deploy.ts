import { readFunctions } from "#dev/functions.ts";
import { startWorker } from "#dev/worker.ts";
import type { Drill } from "./scene.ts";

export const badDeploy: Drill = {
  title: "bad-deploy: a Worker is deployed whose functions the database does not have",
  async run(scene) {
    const { build, env, worker } = scene.stack;
    const { schema } = readFunctions();
    const wrong = { ...build, script: build.script.replaceAll(schema, "v_00000000") };
    scene.check("the build names its functions", wrong.script !== build.script);
    const bad = await startWorker({ build: wrong, port: 0, env });
    const ready = await scene.call("GET", "/health/ready", { base: bad.url });
    scene.check("its readiness is 503 not-ready", ready.status === 503 && ready.body["status"] === "not-ready");
    const refused = await scene.call("GET", "/availability?limit=1", { base: bad.url });
    scene.check(`its answers name nothing internal (${refused.status} ${refused.code})`, refused.code === "internal");
    const booked = await scene.book(await scene.token(scene.nextPatient()));
    scene.check("the version before it still books: nothing in the database was changed", booked.status === 201);
    await bad.close();
    await worker.restart();
    const again = await scene.book(await scene.token(scene.nextPatient()));
    scene.check("after the rollback the Worker finds its functions", again.status === 201);
  },
};
