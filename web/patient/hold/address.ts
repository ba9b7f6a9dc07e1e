/** What the address of a hold's pages says, for when the hold itself is over. */
export interface HoldSearch {
  /** The slot; empty if the address was cut short. */
  slot: string;
  /** The appointment to move to that slot; without it a new one is booked. */
  change?: string | undefined;
}

export function readHoldSearch({ slot, change }: Record<string, unknown>): HoldSearch {
  return {
    slot: typeof slot === "string" ? slot : "",
    ...(typeof change === "string" && change !== "" ? { change } : {}),
  };
}
