const kept = new Set<string>();

/** Leaving the page no longer releases the hold, because it is being confirmed. */
export function keepHold(holdId: string): void {
  kept.add(holdId);
}

/** Confirming failed, so leaving the page releases the hold again. */
export function unkeepHold(holdId: string): void {
  kept.delete(holdId);
}

/** Releases the hold. With `keepalive` the request survives the page; if it is lost, the hold ends by itself. */
export function releaseHold(holdId: string): void {
  if (kept.has(holdId)) return;
  void fetch(`/api/v1/holds/${encodeURIComponent(holdId)}`, {
    method: "DELETE",
    keepalive: true,
    headers: { "Content-Type": "application/json", "X-Holdfast-Csrf": "1" },
  }).catch(() => undefined);
}

/**
 * Releases the hold when the browser leaves for another page. A reload must not lose the hold, and a page cannot distinguish
 * it from a closed tab. So only a known navigation counts. The hold of a closed tab ends by itself.
 * @returns a function that stops watching
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

/** The next navigation is to the login page and comes back, so the hold stays. */
export function expectReturn(): void {
  loginUnderWay = true;
}
