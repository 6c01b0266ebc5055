// What an actor has seen so far, as a number: the sequence of its observations. The same sequence has the same number on both kernels, and
// two have never the same: numbers are given one after the other. What one instruction sees again and again in a row counts as seen once, so
// that a thread which tries until it succeeds does not have sequences without end.

export class Histories {
  private readonly before: number[] = [-1];
  private readonly texts: string[] = [''];
  private readonly places: number[] = [-1];
  private readonly numbers = new Map<string, number>();

  /** Number of the sequence `history` with one observation more, by the instruction at `pc`. 0 is the empty one. */
  after(history: number, pc: number, text: string): number {
    if (this.places[history] === pc && this.texts[history] === text) return history;
    const key = `${history} ${pc} ${text}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.texts.length;
      this.numbers.set(key, number);
      this.before.push(history);
      this.texts.push(text);
      this.places.push(pc);
    }
    return number;
  }
  /** The sequence without its last observation. */
  parent(history: number): number {
    return this.before[history]!;
  }
  /** The observations of a sequence. */
  list(history: number): string[] {
    const texts: string[] = [];
    for (let at = history; at > 0; at = this.before[at]!) texts.push(this.texts[at]!);
    return texts.toReversed();
  }
}
