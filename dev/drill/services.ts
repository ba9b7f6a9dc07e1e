import type { Drill, Scene } from "./scene.ts";

/** An appointment whose notification is due now. */
async function bookAndRipen(scene: Scene): Promise<string> {
  const booked = await scene.book(await scene.token(scene.nextPatient()));
  scene.check("a booking needs neither queue nor mail", booked.status === 201);
  const id = String(booked.body["id"]);
  await scene.query("update outbox set due_at = now() - interval '1 second' where appointment_id = $1", [id]);
  return id;
}

export const redisGone: Drill = {
  title: "redis-gone: Redis does not answer",
  async run(scene) {
    const token = await scene.token(scene.nextPatient());
    const session = await fetch(`${scene.stack.urls.api}/session`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    });
    const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    await scene.stack.redis.faults.down();
    try {
      await scene.within(10, "a browser gets 503 and is not logged out", async () => {
        const { status } = await scene.call("GET", "/session", { cookie });
        return status === 503;
      });
      scene.check("a token still books", (await scene.book(token)).status === 201);
      await scene.within(5, "readiness says degraded", async () => (await scene.readiness()) === "degraded");
    } finally {
      await scene.stack.redis.faults.up();
    }
    await scene.within(5, "the browser's session works again", async () => {
      return (await scene.call("GET", "/session", { cookie })).status === 200;
    });
  },
};

export const queueGone: Drill = {
  title: "queue-gone: QStash refuses every message",
  async run(scene) {
    scene.stack.qstash.faults.refuse.always();
    try {
      const id = await bookAndRipen(scene);
      await scene.within(5, "the log says that nothing was scheduled", () =>
        scene.lines("notification-not-scheduled").some((line) => line.includes(id)),
      );
      await scene.stack.worker.scheduled("* * * * *");
      await scene.within(10, "the minute's trigger sends the mail", () =>
        scene.lines("notified").some((line) => line.includes(id)),
      );
    } finally {
      scene.stack.qstash.faults.refuse.off();
    }
  },
};

export const mailRefused: Drill = {
  title: "mail-refused: SES answers with errors",
  async run(scene) {
    scene.stack.ses.faults.fail.always();
    let id = "";
    try {
      id = await bookAndRipen(scene);
      await scene.stack.worker.scheduled("* * * * *");
      await scene.within(10, "the log says that the mail was not sent", () =>
        scene.lines("not-notified").some((line) => line.includes(id)),
      );
    } finally {
      scene.stack.ses.faults.fail.off();
    }
    // The next attempt waits for the end of the lease; the drill does not.
    await scene.query("update outbox set lease_until = null where appointment_id = $1", [id]);
    await scene.stack.worker.scheduled("* * * * *");
    const sent = (): number => scene.lines("notified").filter((line) => line.includes(id)).length;
    await scene.within(10, "the next minute sends it, once", () => sent() === 1);
  },
};
