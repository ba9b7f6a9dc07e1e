import { LIMITS, type LimitName, bindingOf } from "#domain/limits.ts";

/** Cloudflare's rate limiting binding: counts in the memory of its location, without another request. */
interface RateLimitBinding {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

export interface Limits {
  /** Counts one request of `who` and says whether it is still within the limit. */
  allows(name: LimitName, who: string): Promise<boolean>;
}

/** A binding answers from memory; one that does not is not waited for. */
const TIMEOUT_MS = 300;

/**
 * The rate limits of the Worker's bindings. Where a binding fails, this isolate counts for itself. Without a binding, as on a local
 * stack, there is no limit.
 */
export function openLimits(bindings: object): Limits {
  return {
    async allows(name, who) {
      const binding = (bindings as Record<string, RateLimitBinding | undefined>)[bindingOf(name)];
      if (!binding) return true;
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), TIMEOUT_MS));
      const answer = await Promise.race([binding.limit({ key: who }), late]).catch(() => null);
      return answer === null ? countHere(name, who) : answer.success;
    },
  };
}

/** Counts of this isolate, by limit, caller and period. */
const counts = new Map<string, number>();
/** More callers than an isolate sees within a period; then all counts begin again. */
const MAX_COUNTS = 50_000;
let period = 0;

function countHere(name: LimitName, who: string): boolean {
  const { requests, seconds } = LIMITS[name];
  const now = Math.floor(Date.now() / 60_000);
  if (now !== period || counts.size >= MAX_COUNTS) counts.clear();
  period = now;
  const key = `${name} ${Math.floor(Date.now() / (seconds * 1000))} ${who}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count <= requests;
}
