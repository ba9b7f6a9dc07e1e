/** Milliseconds before the next try: 0.5 s, doubling to 8 s, up to a quarter shorter so that clients do not retry together. */
export function backoff(attempt: number): number {
  return Math.min(500 * 2 ** attempt, 8000) * (1 - Math.random() / 4);
}

/** The server's `Retry-After` in ms (seconds or an HTTP date), at most a minute; undefined if it gave none. */
export function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), 60) * 1000;
}

/** Waits `ms`, or until the device is online again. Rejects with the signal's reason if the caller aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      done();
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal?.addEventListener("abort", abort);
  });
}
