/**
 * `blocks`: no booking can be made. `wrong`: bookings work, something else does not. `unchecked`: it cannot be told from
 * outside. `fine`: checked, and as it must be.
 */
export type Level = "blocks" | "wrong" | "unchecked" | "fine";

/** One sentence about a deployment, with the remedy where something is wrong. It never has a secret in it. */
export interface Finding {
  level: Level;
  text: string;
}

export const blocks = (text: string): Finding => ({ level: "blocks", text });
export const wrong = (text: string): Finding => ({ level: "wrong", text });
export const unchecked = (text: string): Finding => ({ level: "unchecked", text });
export const fine = (text: string): Finding => ({ level: "fine", text });

const PATIENCE_MS = 10_000;

/** The answer of an address, or null when none comes within ten seconds. Redirects are not followed. */
export async function ask(url: string, init: RequestInit = {}): Promise<Response | null> {
  const options: RequestInit = { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS), ...init };
  return fetch(url, options).catch(() => null);
}

/** An answer's JSON; undefined when it is none. */
export async function jsonOf(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined);
}
