import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { State } from "./model.ts";

/** The state of an earlier run, or null without a file. @throws Error naming a file of another kind. */
export async function readState(file: string): Promise<State | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const state = JSON.parse(text) as State;
    if (state.version === 2) return state;
  } catch {
    // Reported below.
  }
  throw new Error(`${file} is not a message store of this version; remove it or start with --fresh.`);
}

/**
 * Writes the state to a file, completely or not at all. Callers during a write share the next one, so
 * that many publishes at once cost a few writes.
 */
export class StateWriter {
  readonly #file: string;
  readonly #snapshot: () => State;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(file: string, snapshot: () => State) {
    this.#file = file;
    this.#snapshot = snapshot;
  }

  /** Resolves when the state at the call is in the file. */
  save(): Promise<void> {
    if (this.#next !== null) return this.#next;
    const next: Promise<void> = (this.#running ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        this.#running = next;
        this.#next = null;
        return this.#write();
      });
    this.#next = next;
    return next;
  }

  async #write(): Promise<void> {
    const text = JSON.stringify(this.#snapshot());
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(`${this.#file}.new`, text);
    await rename(`${this.#file}.new`, this.#file);
  }
}
