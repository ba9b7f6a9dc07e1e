import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { dirname } from "node:path";
import { clearStore, getStoreReadonly } from "./product.ts";

export type Email = ReturnType<typeof getStoreReadonly>["emails"][number];

/** What a send request said that the product's own store forgets. */
export interface Particulars {
  /** The message as it was sent, in base64, if it was sent raw. */
  raw?: string;
  destination: { to: string[]; cc: string[]; bcc: string[] };
  configurationSetName?: string;
  tags: { name: string; value: string }[];
}

/** The product's mails (it has one list a process), kept in a file of JSON lines so that they survive a restart. */
export class MailStore {
  readonly #file: string | undefined;
  readonly #particulars = new Map<string, Particulars>();
  #written: Promise<void> = Promise.resolve();

  /** @param file where mails are appended; without it they end with the process */
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

  /** Keeps what the product has just accepted; once this resolves, a restart does not lose it. */
  async keep(messageId: string, particulars: Particulars): Promise<void> {
    this.#particulars.set(messageId, particulars);
    const [file, email] = [this.#file, this.email(messageId)];
    if (!file || !email) return;
    // The line break comes first, so that a line cut short by a crash spoils itself only.
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
      // The empty beginning of the file, or a line cut short by a crash: that mail was never acknowledged.
    }
  }
}
