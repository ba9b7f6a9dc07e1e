import { t } from "@lingui/core/macro";
import { LIMITS, type Tier } from "#domain/limits.ts";

/** `at most 6000 requests a minute` */
export function limitWords(tier: Tier): string {
  const { requests } = LIMITS[`app-${tier}`];
  return t`at most ${requests} requests a minute`;
}
