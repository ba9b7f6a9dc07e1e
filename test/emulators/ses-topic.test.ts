import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { openTopic } from "#dev/ses/topic.ts";

const servers: Server[] = [];
afterEach(() => servers.splice(0).map((server) => server.close()));

test("Closing the topic does not wait for the next attempt of a delivery", async () => {
  const topic = await openTopic(() => "http://127.0.0.1:1");
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { Type: string; SubscribeURL?: string };
      asked.push(body.Type);
      if (body.SubscribeURL) topic.answer(new URL(body.SubscribeURL));
      // Every message is refused for now, so that another attempt waits.
      response.writeHead(body.SubscribeURL ? 200 : 503).end();
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  await topic.subscribe(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  topic.publish({ eventType: "Delivery" });
  // Two attempts; the third would come after a second, those after it after many.
  await expect.poll(() => asked.length).toBe(3);
  const began = performance.now();
  await topic.close();
  // Less than the pause before the fourth attempt.
  expect(performance.now() - began).toBeLessThan(4_500);
  expect(topic.stats()).toMatchObject({ published: 1, delivered: 0, givenUp: 0 });
});
