import { FaultPoint } from "#dev/fault-point.ts";

/** Faults of the queue itself; qstash.ts has those of its HTTP listener. */
export class BrokerFaults {
  /** The publish is answered and the message forgotten. */
  lose = new FaultPoint();
  /** A delivered message is delivered once more. */
  duplicate = new FaultPoint();
  /** How much later, in milliseconds. */
  duplicateAfterMs = 0;
  /** A due message is postponed, so that later ones are delivered first. */
  reorder = new FaultPoint();
  /** By how many milliseconds. */
  reorderByMs = 2000;

  off(): void {
    for (const point of [this.lose, this.duplicate, this.reorder]) point.off();
  }
}
