/** A test: the file below test/, and a text that stands in it, its title or the name of its case. */
type Proof = [file: string, title: string];
/** Tests of a fault, or why there is nothing to test. */
type Cell = Proof[] | string;

/** What can happen to a part. */
export const FAULTS = [
  "down",
  "slow by ten seconds",
  "cut in the middle",
  "twice",
  "in another order",
  "another clock",
  "restarted",
] as const;

type Row = Record<(typeof FAULTS)[number], Cell>;

const BOOKING = "faults/dependencies.test.ts";
const NOTIFYING = "faults/notification.test.ts";
const HOLDS_END = "With the Worker's clock %s a hold is confirmed only before its end";

/** Every fault of every part (goal R12). test/repository/fault-matrix.test.ts holds each title to its file. */
export const MATRIX: Record<string, Row> = {
  Postgres: {
    down: [
      [BOOKING, "Postgres is down"],
      ["routes/every-operation.test.ts", "with 503 while the database does not answer"],
    ],
    "slow by ten seconds": [
      [BOOKING, "Postgres takes ten seconds"],
      [BOOKING, '["Postgres takes ten seconds", "Redis is down"]'],
    ],
    "cut in the middle": [
      [BOOKING, "Postgres loses a request"],
      [BOOKING, "Postgres loses an answer"],
      [BOOKING, '["Postgres loses an answer", "SES fails"]'],
      [BOOKING, '["Postgres loses an answer", "Redis fails"]'],
      [
        "routes/change-slot.test.ts",
        "A change whose connection breaks at any of its statements is made once, and its caller gets a normal answer",
      ],
      [NOTIFYING, "The database does not answer when a mail is recorded as sent"],
    ],
    twice: [
      ["routes/idempotency.test.ts", "A POST whose reply was lost between database and Worker, sent again, books once"],
    ],
    "in another order":
      "A verb is one statement. The statements of a change go over one socket, and each waits for the one before it.",
    "another clock": [["db/change-limits.test.ts", HOLDS_END]],
    restarted: [
      [BOOKING, "Postgres restarts"],
      [BOOKING, '["Postgres restarts", "the queue is down"]'],
    ],
  },
  Redis: {
    down: [
      [BOOKING, "Redis is down"],
      [BOOKING, "Redis is down, hangs or fails: A browser gets 503 with Retry-After"],
      [NOTIFYING, "Redis is down: A callback is accepted, and one mail is sent"],
      [BOOKING, '["Redis is down", "the queue loses messages"]'],
      [BOOKING, '["Redis is down", "SES loses its answer"]'],
    ],
    "slow by ten seconds": [
      [BOOKING, "Redis hangs"],
      ["routes/begin-session.test.ts", "While Redis hangs no request waits for it longer than 300 ms"],
      [BOOKING, '["Redis hangs", "the provider is down"]'],
    ],
    "cut in the middle": [[BOOKING, "Redis fails"]],
    twice: "A session is written whole under its own key, so the same command twice leaves the same value.",
    "in another order": "No two commands of one session depend on each other. Its version is checked in Postgres.",
    "another clock":
      "Redis counts how long a session lasts, not until when. The absolute end is checked by the Worker.",
    restarted: [
      [BOOKING, "Redis is down, hangs or fails: A browser gets 503 with Retry-After"],
      ["routes/begin-session.test.ts", "Junk that stands in Redis for a session is no session"],
    ],
  },
  "The queue": {
    down: [
      [BOOKING, "the queue is down"],
      [NOTIFYING, "No patient who books waits for it, and the cron notifies, once"],
      [BOOKING, '["the queue is down", "SES throttles"]'],
    ],
    "slow by ten seconds": [[NOTIFYING, '"hangs"']],
    "cut in the middle": [
      [BOOKING, "the queue loses messages"],
      [NOTIFYING, "QStash drops a message: The cron notifies, once"],
      [NOTIFYING, '"loses its answer"'],
    ],
    twice: [[NOTIFYING, "QStash delivers everything twice: One mail is sent"]],
    "in another order": [[NOTIFYING, "QStash delivers a later message first: One mail is sent, about the last state"]],
    "another clock": [
      [NOTIFYING, "QStash calls too early"],
      ["routes/notification.test.ts", "A callback without a good signature, or a replayed one, changes nothing"],
    ],
    restarted: "QStash keeps its messages. One that it loses all the same is sent by the cron (cut in the middle).",
  },
  "The identity provider": {
    down: [
      [BOOKING, "the provider is down"],
      ["routes/tokens.test.ts", "A known key works while the provider is down"],
    ],
    "slow by ten seconds": [
      [BOOKING, "the provider hangs"],
      ["keep-out/tokens.ts", "While the provider hangs an unknown key is always 503"],
    ],
    "cut in the middle": [[BOOKING, "the provider cuts the connection"]],
    twice: "The Worker only reads the provider's keys. Reading them twice changes nothing.",
    "in another order": "One request reads all keys, so there is no order.",
    "another clock": [["keep-out/tokens.ts", "More than 300 bad tokens are 401"]],
    restarted: [["keep-out/tokens.ts", "A key of a rotation is taken at once"]],
  },
  SES: {
    down: [
      [BOOKING, "SES fails"],
      [NOTIFYING, "SES %s: No mail is sent, and one mail later"],
      ["routes/reminders.test.ts", "While SES is down no reminder is lost"],
    ],
    "slow by ten seconds": [[NOTIFYING, "SES hangs: The call is given up in time, other patients are notified"]],
    "cut in the middle": [
      [BOOKING, "SES loses its answer"],
      [NOTIFYING, "SES loses its answer: One more mail is sent, the same but for its SEQUENCE, and no third"],
      ["routes/reminders.test.ts", "After a lost reply of SES a reminder is sent a second time, and never a third"],
    ],
    twice: [["routes/finish-task.test.ts", "A repeated bounce has no further effect"]],
    "in another order": [
      [NOTIFYING, "SES loses its answer, and the patient cancels before the next try: The last mail says that it is"],
    ],
    "another clock": [
      [
        "routes/finish-task.test.ts",
        "401 for a message of SNS that is unsigned, altered, broken or signed by another certificate",
      ],
    ],
    restarted: [
      [BOOKING, "SES throttles"],
      ["routes/finish-task.test.ts", "While the certificate of SNS cannot be read, SNS must send its messages again"],
    ],
  },
  "The Worker": {
    down: [
      [BOOKING, "the Worker is killed"],
      [
        "kit/request.test.ts",
        "a change keeps its key over every try, while the server is busy and while there is none",
      ],
    ],
    "slow by ten seconds": [
      ["browser/staff-board.test.ts", "The answer to a move is lost with the network: it is sent again under its key"],
    ],
    "cut in the middle": [
      [NOTIFYING, "The Worker dies between send and record: At most one more mail is sent"],
      ["routes/change-slot.test.ts", "Work that fails after the reply is done by the next minute's cron"],
    ],
    twice: [["routes/idempotency.test.ts", "The same key and body have the same answer from another isolate"]],
    "in another order": [
      ["db/change-races.test.ts", "Of two tabs and staff one wins, and the others learn who changed it and when"],
    ],
    "another clock": [["db/change-limits.test.ts", HOLDS_END]],
    restarted: [
      [BOOKING, '["the Worker is killed", "Redis is down"]'],
      ["routes/idempotency.test.ts", "from another isolate and after a restart, byte for byte"],
    ],
  },
  "The caller": {
    down: [["db/change-limits.test.ts", "and its slot is free at once after it"]],
    "slow by ten seconds": [["browser/countdown.test.ts", "The countdown goes down each second, and an extension"]],
    "cut in the middle": [
      [BOOKING, "the caller hangs up"],
      [BOOKING, '["the caller hangs up", "Redis fails"]'],
      ["routes/idempotency.test.ts", "A client that hangs up at once and sends the request again books once"],
    ],
    twice: [["routes/idempotency.test.ts", "sent again, books once"]],
    "in another order": [
      ["browser/holds.test.ts", "A hold of the same patient on another screen ends this one within ten seconds"],
    ],
    "another clock": [["browser/countdown.test.ts", "On a device whose clock is %s the countdown shows"]],
    restarted: [["browser/holds.test.ts", "A reload keeps the hold and its countdown"]],
  },
};
