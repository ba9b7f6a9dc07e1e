import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { path: string; method: string; headers: Record<string, string>; body: string };
type Answer = { status: number; headers?: Record<string, string>; body?: string } | "hang" | "cut";

/** A destination that records what it gets and answers with the configured status, 200 by default. */
export async function startSink() {
  const received: Received[] = [];
  let answer: (request: Received, nth: number) => Answer | Promise<Answer> = () => ({ status: 200 });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const entry: Received = {
      path: request.url ?? "",
      method: request.method ?? "",
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    received.push(entry);
    const result = await answer(entry, received.length);
    if (result === "hang") return;
    if (result === "cut") {
      request.socket.destroy();
      return;
    }
    response.writeHead(result.status, result.headers);
    response.end(result.body ?? "");
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    bodies: () => received.map((each) => each.body),
    answerWith(next: typeof answer) {
      answer = next;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

export type Sink = Awaited<ReturnType<typeof startSink>>;
