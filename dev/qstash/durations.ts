import { Refusal } from "./model.ts";

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Seconds of a duration as QStash writes it: `90s`, `5m`, `1d10h30m`.
 *
 * @throws Refusal 400 naming the header.
 */
export function parseDuration(text: string, header: string): number {
  const parts = [...text.matchAll(/(\d+)([smhd])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new Refusal(400, `invalid ${header}: '${text}' is not a duration such as 10s, 5m or 1d2h`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_SECONDS[unit!]!, 0);
}
