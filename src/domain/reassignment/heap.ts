/** A queue of the numbers 0 to `size` - 1, least key first. A waiting number's key can be lowered. */
export class MinHeap {
  readonly #keys: Float64Array;
  readonly #waiting: Int32Array;
  /** The index of a number in `waiting`, or -1. */
  readonly #place: Int32Array;
  #length = 0;

  constructor(size: number) {
    this.#keys = new Float64Array(size);
    this.#waiting = new Int32Array(size);
    this.#place = new Int32Array(size).fill(-1);
  }

  /** The least waiting key, or infinity. */
  get least(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#keys[this.#waiting[0] as number] as number);
  }

  /** Adds a number, or lowers its key. */
  push(item: number, key: number): void {
    const known = this.#place[item] as number;
    this.#keys[item] = key;
    this.#rise(item, known === -1 ? this.#length++ : known);
  }

  /** Removes a number with the least key; the heap must not be empty. */
  pop(): number {
    const top = this.#waiting[0] as number;
    this.#place[top] = -1;
    const last = this.#waiting[--this.#length] as number;
    if (this.#length > 0) this.#sink(last);
    return top;
  }

  clear(): void {
    for (let index = 0; index < this.#length; index++) this.#place[this.#waiting[index] as number] = -1;
    this.#length = 0;
  }

  #rise(item: number, from: number): void {
    const key = this.#keys[item] as number;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = this.#waiting[parent] as number;
      if ((this.#keys[above] as number) <= key) break;
      this.#set(above, index);
      index = parent;
    }
    this.#set(item, index);
  }

  #sink(item: number): void {
    const key = this.#keys[item] as number;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#length) break;
      const right = child + 1;
      if (right < this.#length && this.#keyAt(right) < this.#keyAt(child)) child = right;
      if (this.#keyAt(child) >= key) break;
      this.#set(this.#waiting[child] as number, index);
      index = child;
    }
    this.#set(item, index);
  }

  #keyAt(index: number): number {
    return this.#keys[this.#waiting[index] as number] as number;
  }

  #set(item: number, index: number): void {
    this.#waiting[index] = item;
    this.#place[item] = index;
  }
}
