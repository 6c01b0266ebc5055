// Things sorted by a number that each of them has: one list for each number, changed in constant time.

export class Lists {
  private readonly heads: Int32Array;
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  private readonly numbers: Int32Array;

  /** `items` count from 1. Numbers are 0, in no list, to `numbers` - 1. */
  constructor(items: number, numbers: number) {
    this.heads = new Int32Array(numbers);
    this.after = new Int32Array(items + 1);
    this.before = new Int32Array(items + 1);
    this.numbers = new Int32Array(items + 1);
  }

  /** The first item with this number; 0: none. A number beyond the last has none either. */
  first(number: number): number {
    return this.heads[number] ?? 0;
  }

  /** The next item with the number of `item`; 0: none. */
  next(item: number): number {
    return this.after[item]!;
  }

  /** The number of `item`. */
  of(item: number): number {
    return this.numbers[item]!;
  }

  /** `item` has this number now. */
  set(item: number, number: number): void {
    const old = this.numbers[item]!;
    if (old === number) return;
    if (old !== 0) this.leave(item, old);
    this.numbers[item] = number;
    if (number === 0) return;
    const head = this.heads[number]!;
    this.after[item] = head;
    this.before[item] = 0;
    if (head !== 0) this.before[head] = item;
    this.heads[number] = item;
  }

  private leave(item: number, number: number): void {
    const after = this.after[item]!;
    const before = this.before[item]!;
    if (before === 0) this.heads[number] = after;
    else this.after[before] = after;
    if (after !== 0) this.before[after] = before;
    this.after[item] = 0;
    this.before[item] = 0;
  }
}
