import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { dirname } from "node:path";
import { clearStore, getStoreReadonly } from "./product.ts";

export type Email = ReturnType<typeof getStoreReadonly>["emails"][number];

/** The parts of a send request that the product's store does not keep. */
export interface Particulars {
  /** The message as it was sent, in base64, if it was sent raw. */
  raw?: string;
  destination: { to: string[]; cc: string[]; bcc: string[] };
  configurationSetName?: string;
  tags: { name: string; value: string }[];
}

/** The product's mails (one list for each process) in a file of JSON lines, so that they survive a restart. */
export class MailStore {
  readonly #file: string | undefined;
  readonly #particulars = new Map<string, Particulars>();
  #written: Promise<void> = Promise.resolve();

  /** @param file gets the mails; without it they end with the process */
  constructor(file: string | undefined) {
    this.#file = file;
    clearStore();
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    for (const { email, particulars } of readLines(file)) {
      getStoreReadonly().emails.push(email);
      this.#particulars.set(email.messageId, particulars);
    }
  }

  /** Oldest first. */
  get emails(): readonly Email[] {
    return getStoreReadonly().emails;
  }

  email(messageId: string): Email | undefined {
    return this.emails.find((email) => email.messageId === messageId);
  }

  particulars(messageId: string): Particulars | undefined {
    return this.#particulars.get(messageId);
  }

  /** Stores an accepted mail; when this resolves, a restart does not lose it. */
  async keep(messageId: string, particulars: Particulars): Promise<void> {
    this.#particulars.set(messageId, particulars);
    const [file, email] = [this.#file, this.email(messageId)];
    if (!file || !email) return;
    // The line break is first, so that a line cut short by a crash damages no other.
    this.#written = this.#written.then(() => appendFile(file, `\n${JSON.stringify({ email, particulars })}`));
    await this.#written;
  }

  async clear(): Promise<void> {
    clearStore();
    this.#particulars.clear();
    const file = this.#file;
    if (!file) return;
    this.#written = this.#written.then(() => rmSync(file, { force: true }));
    await this.#written;
  }

  async close(): Promise<void> {
    await this.#written;
    clearStore();
  }
}

function* readLines(file: string): Generator<{ email: Email; particulars: Particulars }> {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return;
  }
  for (const line of content.split("\n")) {
    try {
      yield JSON.parse(line) as { email: Email; particulars: Particulars };
    } catch {
      // The empty first line, or one cut short by a crash, whose mail was never acknowledged.
    }
  }
}
