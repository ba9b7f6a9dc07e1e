import { FaultPoint } from "#dev/fault-point.ts";

/** Faults of the queue itself, as opposed to those of its HTTP door. */
export class BrokerFaults {
  /** The publish is answered and the message forgotten. */
  lose = new FaultPoint();
  /** A delivered message is delivered once more. */
  duplicate = new FaultPoint();
  /** How much later, in milliseconds. */
  duplicateAfterMs = 0;
  /** A message that is due lets later ones go first. */
  reorder = new FaultPoint();
  /** By how much it is put back, in milliseconds. */
  reorderByMs = 2000;

  off(): void {
    for (const point of [this.lose, this.duplicate, this.reorder]) point.off();
  }
}
