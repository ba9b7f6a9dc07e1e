import type pg from "pg";
import type { Outgoing } from "#domain/message/sender.ts";
import { type Truth, isNews } from "./truth.ts";

/** The content of each notice. */
const STATUS: Record<string, Truth["status"]> = {
  booked: "booked",
  moved: "booked",
  "moved-by-clinic": "moved",
  "being-placed": "to-place",
  cancelled: "cancelled",
};

/** The patient and the appointment of a mail. */
export interface Reader {
  truth: Truth | null;
  /** The last notification of the patient. */
  known: Truth | null;
  /** SEQUENCE of the last calendar object they were sent. */
  sequence: number;
}

/**
 * SES's end of the wire: reads every message as its patient would, and counts. A message is stale if it says anything
 * but what is true when it is sent.
 */
export class Sink {
  readonly counts = { messages: 0, stale: 0, needless: 0, sequenceNotRising: 0 };
  readonly wrong: string[] = [];
  readonly #admin: pg.Pool;

  constructor(admin: pg.Pool) {
    this.#admin = admin;
  }

  async read(reader: Reader, message: Outgoing): Promise<void> {
    const { delivery = "" } = message.tags;
    const { rows } = await this.#admin.query<{ kind: string }>({
      name: "kind",
      text: "select kind from deliveries where id = $1",
      values: [delivery],
    });
    const kind = rows[0]?.kind ?? "";
    const { truth, known, sequence: last } = reader;
    const { content = "", method } = message.calendar ?? {};
    const sequence = Number(/^SEQUENCE:(\d+)/m.exec(content)?.[1]);
    const startsAt = instantOf(/^DTSTART:(\S+)/m.exec(content)?.[1] ?? "");
    const comes = truth?.status === "booked" || truth?.status === "moved";
    const isTrue =
      truth !== null &&
      STATUS[kind] === truth.status &&
      method === (comes ? "REQUEST" : "CANCEL") &&
      (!comes || startsAt === truth.startsAt);
    this.counts.messages += 1;
    if (!isTrue) {
      this.counts.stale += 1;
      this.wrong.push(`${kind} ${method} ${startsAt} told of ${JSON.stringify(truth)}`);
    }
    if (truth && !isNews(known, truth)) this.counts.needless += 1;
    if (!(sequence > last)) this.counts.sequenceNotRising += 1;
    reader.known = truth;
    reader.sequence = sequence;
  }
}

/** `20261203T101500Z` in epoch milliseconds. */
function instantOf(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
