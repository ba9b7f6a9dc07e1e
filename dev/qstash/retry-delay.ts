import { Refusal } from "./model.ts";

/** Maximum wait before a retry, seconds: one day. */
const MAX_SECONDS = 86_400;

/**
 * Seconds before the `n`th retry (from 1): e^(2.5 n), at most a day; 12 s, 2 min 28 s, 30 min 8 s, 6 h 7 min.
 * Source: https://upstash.com/docs/qstash/features/retry
 */
export function backoffSeconds(n: number): number {
  return Math.min(MAX_SECONDS, Math.exp(2.5 * n));
}

/** The seconds of the destination's `Retry-After`; null if there is none, or more than a day. */
export function askedDelaySeconds(header: Record<string, string[]>): number | null {
  const text = header["Retry-After"]?.[0]?.trim() ?? "";
  return /^\d+$/.test(text) && Number(text) <= MAX_SECONDS ? Number(text) : null;
}

const FUNCTIONS: Record<string, (...args: number[]) => number> = { pow: Math.pow, min: Math.min, max: Math.max };

/**
 * The milliseconds of an `Upstash-Retry-Delay` expression for a message that was retried `retried` times (from 0). It may
 * have numbers, `retried`, + - * / and the functions above. Source: https://upstash.com/docs/qstash/features/retry
 *
 * @throws Refusal 400 when it is not such an expression.
 */
export function evaluateRetryDelay(expression: string, retried: number): number {
  const tokens = expression.match(/\d+(?:\.\d+)?|[a-z]+|[-+*/(),]|\S/gi) ?? [];
  let at = 0;
  const refuse = (): never => {
    throw new Refusal(400, `invalid Upstash-Retry-Delay: '${expression}'`);
  };
  const expect = (token: string) => (tokens[at] === token ? (at += 1) : refuse());
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") value += tokens[at++] === "+" ? product() : -product();
    return value;
  };
  const product = (): number => {
    let value = atom();
    while (tokens[at] === "*" || tokens[at] === "/") value = tokens[at++] === "*" ? value * atom() : value / atom();
    return value;
  };
  const atom = (): number => {
    const token = tokens[at++];
    if (token === undefined) return refuse();
    if (token === "-") return -atom();
    if (/^\d/.test(token)) return Number(token);
    if (token === "retried") return retried;
    if (token === "(") {
      const value = sum();
      expect(")");
      return value;
    }
    const call = Object.hasOwn(FUNCTIONS, token) ? FUNCTIONS[token]! : refuse();
    expect("(");
    const args = [sum()];
    while (tokens[at] === ",") {
      at += 1;
      args.push(sum());
    }
    expect(")");
    return call(...args);
  };
  const value = sum();
  if (at < tokens.length || !Number.isFinite(value)) return refuse();
  return Math.min(Math.max(0, value), MAX_SECONDS * 1000);
}
