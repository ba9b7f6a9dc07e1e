import { signRequest, newSigningKey } from "#dev/qstash/signing.ts";
import { z } from "zod";
import type { Drill, Scene } from "./scene.ts";

export const keysRotated: Drill = {
  title: "keys-rotated: the login provider, QStash and the link secret have new keys",
  async run(scene) {
    await rotateLogin(scene);
    await rotateQueue(scene);
    await rotateLinks(scene);
  },
};

async function rotateLogin(scene: Scene): Promise<void> {
  const before = await scene.token(scene.nextPatient());
  await scene.stack.identity.rotateKeys();
  const after = await scene.token(scene.nextPatient());
  await scene.within(5, "a token of the new key is accepted", async () => {
    return (await scene.call("GET", "/appointments", { token: after })).status === 200;
  });
  scene.check(
    "a token of the old key is accepted until it ends",
    (await scene.call("GET", "/appointments", { token: before })).status === 200,
  );
}

/** After a rotation QStash signs with what was the next key. A Worker with the old settings knows both. */
async function rotateQueue(scene: Scene): Promise<void> {
  const { current } = scene.stack.qstash.keys();
  const isolate = await scene.stack.startIsolate({
    QSTASH_CURRENT_SIGNING_KEY: newSigningKey(),
    QSTASH_NEXT_SIGNING_KEY: current,
  });
  const callBack = async (key: string): Promise<number> => {
    const body = "{}";
    const address = `${scene.stack.env["PUBLIC_URL"]}/jobs/seal-audit`;
    const signature = await signRequest(key, address, Buffer.from(body), Date.now());
    const headers = { "Content-Type": "application/json", "Upstash-Signature": signature };
    return (await fetch(`${isolate.url}/jobs/seal-audit`, { method: "POST", headers, body })).status;
  };
  scene.check("a callback signed with the next key is taken", (await callBack(current)) === 204);
  scene.check("a callback signed with any other key is 401", (await callBack(newSigningKey())) === 401);
  await isolate.close();
}

const Config = z.object({ apiKey: z.object({ patient: z.string() }) });

/** A new link secret ends all API keys; the apps read theirs from /config. */
async function rotateLinks(scene: Scene): Promise<void> {
  const isolate = await scene.stack.startIsolate({ LINK_SECRET: newSigningKey() });
  const path = "/availability?limit=1";
  const old = scene.stack.apiKeys.patient;
  const refused = await scene.call("GET", path, { base: isolate.url, apiKey: old });
  scene.check("an API key made with the old link secret is refused", refused.code === "api-key-refused");
  const { body } = await scene.call("GET", "/config", { base: isolate.url });
  const { apiKey } = Config.parse(body);
  const { status } = await scene.call("GET", path, { base: isolate.url, apiKey: apiKey.patient });
  scene.check("the app's new key, from /config, is accepted", status === 200);
  await isolate.close();
}
