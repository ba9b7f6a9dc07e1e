import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { MessageRefused, TopicUnavailable, readTopicMessage } from "#adapters/sns.ts";
import { openTopic } from "#dev/ses/topic.ts";

const servers: Server[] = [];
afterEach(() => servers.splice(0).map((server) => server.close()));

test("Messages that name many certificates fetch a few a minute and do not displace the one that SNS signs with", async () => {
  const asked: string[] = [];
  let origin = "";
  const topic = await openTopic(() => origin);
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = topic.answer(new URL(request.url ?? "", origin));
    response.writeHead(answer?.status ?? 404).end(answer?.body);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { topicArn: topic.arn, origin };
  const genuine = () => JSON.stringify(topic.envelope({ Type: "Notification", Message: "It arrived" }));

  expect(await readTopicMessage(genuine(), settings)).toBe("It arrived");
  expect(asked).toHaveLength(1);
  for (let n = 0; n < 40; n++) {
    const SigningCertURL = `${origin}/SimpleNotificationService-${String(n).padStart(32, "0")}.pem`;
    const forged = { ...topic.envelope({ Type: "Notification", Message: "Forged" }), SigningCertURL };
    await expect(readTopicMessage(JSON.stringify(forged), settings)).rejects.toBeInstanceOf(TopicUnavailable);
  }
  expect(asked.length).toBeLessThanOrEqual(5);
  const fetched = asked.length;
  // The genuine one is still there.
  expect(await readTopicMessage(genuine(), settings)).toBe("It arrived");
  expect(asked).toHaveLength(fetched);
  const spoilt = { ...topic.envelope({ Type: "Notification", Message: "It arrived" }), Message: "It did not" };
  await expect(readTopicMessage(JSON.stringify(spoilt), settings)).rejects.toBeInstanceOf(MessageRefused);
  expect(asked).toHaveLength(fetched);
  await topic.close();
});
