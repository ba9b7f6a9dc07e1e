import { Refusal } from "./model.ts";

/** No retry waits longer: one day. */
const MAX_SECONDS = 86_400;

/**
 * Seconds before the `n`th retry (from 1): e^(2.5 n), at most a day; 12 s, 2 min 28 s, 30 min 8 s, 6 h 7 min.
 * Source: https://upstash.com/docs/qstash/features/retry
 */
export function backoffSeconds(n: number): number {
  return Math.min(MAX_SECONDS, Math.exp(2.5 * n));
}

/** Headers of a failed answer that may ask for a later attempt, in the order QStash names them. */
const WAIT_HEADERS = ["Retry-After", "X-Ratelimit-Reset", "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset-Tokens"];
const GO_UNIT_SECONDS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds the destination asked to wait (seconds, `6m5s` or an HTTP date), or null; more than a day is passed over. */
export function askedDelaySeconds(header: Record<string, string[]>, nowMs: number): number | null {
  for (const name of WAIT_HEADERS) {
    const text = header[name]?.[0]?.trim();
    if (text === undefined) continue;
    const seconds = waitSeconds(text, nowMs);
    if (seconds !== null && seconds >= 0 && seconds <= MAX_SECONDS) return seconds;
  }
  return null;
}

function waitSeconds(text: string, nowMs: number): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join("") === text) {
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * GO_UNIT_SECONDS[unit!]!, 0);
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, (date - nowMs) / 1000);
}

const FUNCTIONS: Record<string, (...args: number[]) => number> = {
  pow: Math.pow,
  sqrt: Math.sqrt,
  abs: Math.abs,
  exp: Math.exp,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  min: Math.min,
  max: Math.max,
};

/**
 * Milliseconds that an `Upstash-Retry-Delay` expression gives for a message that was retried `retried` times (from 0):
 * numbers, `retried`, + - * / and the functions above. Source: https://upstash.com/docs/qstash/features/retry
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
