const KEY = "reason-draft";

interface Draft {
  owner: string;
  text: string;
}

/**
 * What was typed as the reason, kept for this tab only, so that logging in again or another time does not cost it. Only
 * its writer gets it back.
 * @param owner the patient's id
 */
export function readReason(owner: string): string {
  try {
    const draft = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Draft | null;
    return draft?.owner === owner ? draft.text : "";
  } catch {
    return "";
  }
}

export function keepReason(owner: string, text: string): void {
  if (text === "") forgetReason();
  else sessionStorage.setItem(KEY, JSON.stringify({ owner, text } satisfies Draft));
}

/** It has been sent, or its writer has logged out. */
export function forgetReason(): void {
  sessionStorage.removeItem(KEY);
}
