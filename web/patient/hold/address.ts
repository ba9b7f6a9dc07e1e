import { query } from "#kit/api/request.ts";

/** What the address of a hold's pages says, for when the hold itself is over. */
export interface HoldSearch {
  /** The slot; empty when the address was cut short. */
  slot: string;
  /** The appointment that is to be moved there; without it a new one is booked. */
  change?: string | undefined;
}

export function readHoldSearch({ slot, change }: Record<string, unknown>): HoldSearch {
  return {
    slot: typeof slot === "string" ? slot : "",
    ...(typeof change === "string" && change !== "" ? { change } : {}),
  };
}

/** The address at which a slot is held, to come back to from the login page. */
export function holdAddress(slot: string, change: string | undefined): string {
  return `/hold/new${query({ slot, change })}`;
}
