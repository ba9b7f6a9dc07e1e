const kept = new Set<string>();

/** From now on leaving the page does not release the hold: it is being confirmed, or already has been. */
export function keepHold(holdId: string): void {
  kept.add(holdId);
}

/** Confirming failed, so the hold is released again on leaving. */
export function unkeepHold(holdId: string): void {
  kept.delete(holdId);
}

/** Frees the time for others. `keepalive` lets the request outlive the page; a lost one only costs the hold's rest. */
export function releaseHold(holdId: string): void {
  if (kept.has(holdId)) return;
  void fetch(`/api/v1/holds/${encodeURIComponent(holdId)}`, {
    method: "DELETE",
    keepalive: true,
    headers: { "Content-Type": "application/json", "X-Holdfast-Csrf": "1" },
  }).catch(() => undefined);
}

/**
 * Releases the hold when the browser leaves for another page. A reload and a closed tab look the same to a page, and a
 * reload must not lose the hold; so only a departure that is known to be one counts. A closed tab's hold runs out.
 * @returns stops watching
 */
export function releaseOnDeparture(holdId: string): () => void {
  let departing = false;
  const onNavigate = (event: NavigateEvent) => {
    departing = !event.destination.sameDocument && event.navigationType !== "reload" && !loginUnderWay;
  };
  const onPageHide = () => {
    if (departing) releaseHold(holdId);
  };
  window.navigation?.addEventListener("navigate", onNavigate);
  addEventListener("pagehide", onPageHide);
  return () => {
    window.navigation?.removeEventListener("navigate", onNavigate);
    removeEventListener("pagehide", onPageHide);
  };
}

let loginUnderWay = false;

/** The next departure is to the login page and comes back, so the hold stays. */
export function expectReturn(): void {
  loginUnderWay = true;
}
