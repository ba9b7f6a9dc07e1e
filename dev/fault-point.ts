/**
 * A point in an emulator where tests can break events. It counts its events and those it broke. So a test of a fault can
 * prove that the fault happened.
 */
export class FaultPoint {
  /** Events that reached this point since the start. */
  passed = 0;
  /** Events this point broke. */
  fired = 0;
  #rule: (n: number) => boolean = () => false;

  /** Breaks the next `times` events, then lets everything through again. */
  next(times = 1): void {
    let left = times;
    this.#rule = () => left-- > 0;
  }

  /** Breaks every event until `off()`. */
  always(): void {
    this.#rule = () => true;
  }

  /** Breaks the events the rule chooses; `n` counts events from 1 since the start of the emulator. */
  when(rule: (n: number) => boolean): void {
    this.#rule = rule;
  }

  off(): void {
    this.#rule = () => false;
  }

  /** The emulator asks once for each event whether to break it. */
  hit(): boolean {
    this.passed += 1;
    const broken = this.#rule(this.passed);
    if (broken) this.fired += 1;
    return broken;
  }
}
