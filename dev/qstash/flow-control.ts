import { Refusal } from "./model.ts";
import type { FlowControl } from "./model.ts";

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Reads `parallelism=3, rate=2, period=1s`; null without a key.
 * Source: https://upstash.com/docs/qstash/features/flowcontrol
 *
 * @throws Refusal 400
 */
export function readFlowControl(key: string | undefined, value = ""): FlowControl | null {
  if (key === undefined) return null;
  const flow: FlowControl = { key, periodSeconds: 1 };
  for (const part of value.split(",")) {
    const [name, amount = ""] = part.trim().split("=");
    const [, number, unit = ""] = /^([1-9]\d*)([smhd]?)$/.exec(amount) ?? [];
    if (number !== undefined && name === "period" && unit !== "") {
      flow.periodSeconds = Number(number) * UNIT_SECONDS[unit]!;
    } else if (number !== undefined && (name === "parallelism" || name === "rate") && unit === "") {
      flow[name] = Number(number);
    } else throw new Refusal(400, `invalid Upstash-Flow-Control-Value: '${value}'`);
  }
  if (flow.parallelism === undefined && flow.rate === undefined) {
    throw new Refusal(400, "Upstash-Flow-Control-Value needs parallelism or rate");
  }
  return flow;
}
