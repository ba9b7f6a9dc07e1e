import { type Act, type Outcome, call } from "../call.ts";
import type { Database } from "../client.ts";
import type { FeedState } from "../queries/feeds.ts";
import type { RefusalOf } from "../refusal.ts";

/**
 * A patient or doctor gets a calendar address, or another one in place of the first: set_calendar_feed.sql.
 * @param secretHash the SHA-256 of the new secret in hexadecimal: the secret itself is neither sent nor kept
 */
export function setFeed(
  db: Database,
  act: Act,
  secretHash: string,
): Promise<Outcome<FeedState, RefusalOf<"not-found">>> {
  return call(db, act, "set_calendar_feed", { secret: secretHash });
}

/** The address stops working: remove_calendar_feed.sql. */
export function removeFeed(db: Database, act: Act): Promise<Outcome<FeedState, RefusalOf<"not-found">>> {
  return call(db, act, "remove_calendar_feed");
}
