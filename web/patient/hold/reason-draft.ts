const KEY = "reason-draft";

interface Draft {
  owner: string;
  text: string;
}

/**
 * The typed reason, kept in this tab, so that it survives a new login or another time. Only the patient who typed it gets
 * it back.
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

/** Called after the reason was sent. */
export function forgetReason(): void {
  sessionStorage.removeItem(KEY);
}
