// The log of a thread that executes steps: a ring of words in shared memory, one writer, one reader. Nothing is dropped: when the
// ring is full the writer waits. Positions are counted mod 2^32.
//
// A record: actor and choice + 1 (16 bits each), outcome and number of tickets (16 bits each), then for each ticket two words:
// the object's number with a bit for "written" below it, and the version that the step saw. Actor 0 is the outside: the place of the
// outcome has the receiver, and behind the tickets stand the number of words of the injection and those words.

const HEAD = 16;
/** Words of a log's head: how far it is written, how far it is read, whether the writer waits for room. A cache line each would be
 *  wasted: the reader looks at the first once a run of records, the writer at the second only when the ring looks full. */
const WRITTEN = 0, READ = 4, WAITING = 8;

/** Milliseconds after which a writer that waits for room looks again. */
const ROOM_MS = 20;

/** Memory of a log of so many words, a power of two. */
export function makeLog(words: number): SharedArrayBuffer {
  if ((words & (words - 1)) !== 0) throw new RangeError(`a log has a power of two of words, not ${words}`);
  return new SharedArrayBuffer((HEAD + words) * 4);
}

/** Words of a record in front of its tickets. */
export const RECORD_HEAD = 2;

/** What a step has touched: the first `count` objects, the versions that it saw, whether it wrote them. */
export interface Tickets {
  readonly objects: Int32Array;
  readonly tickets: Int32Array;
  readonly wrote: Uint8Array;
  readonly count: number;
}

/** The writing end. */
export class LogWriter {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly mask: number;
  private head = 0;
  private published = 0;
  /** How far the reader was when the writer looked last. */
  private tail = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.mask = this.words.length - HEAD - 1;
  }

  /** Waits for room for `count` words. The reader goes on until everything is read, whatever has ended the run; `waits` is called
   *  before each sleep, so that it knows of what there is to read. */
  reserve(count: number, waits: () => void): void {
    if (((this.head - this.tail) | 0) + count <= this.mask + 1) return;
    if (count > this.mask + 1) throw new RangeError(`a record of ${count} words does not fit into a log of ${this.mask + 1}`);
    for (;;) {
      this.tail = Atomics.load(this.words, READ);
      if (((this.head - this.tail) | 0) + count <= this.mask + 1) return;
      this.publish();
      waits();
      Atomics.store(this.words, WAITING, 1);
      Atomics.wait(this.words, READ, this.tail, ROOM_MS);
      Atomics.store(this.words, WAITING, 0);
    }
  }

  /** Puts down a record of a step: two words, then the tickets; `reserve` room for it first. */
  putStep(first: number, second: number, { objects, tickets, wrote, count }: Tickets): void {
    const { words, mask } = this;
    let at = this.head;
    words[HEAD + (at & mask)] = first;
    words[HEAD + (++at & mask)] = second;
    for (let k = 0; k < count; k++) {
      words[HEAD + (++at & mask)] = (objects[k]! << 1) | wrote[k]!;
      words[HEAD + (++at & mask)] = tickets[k]!;
    }
    this.head = (at + 1) | 0;
  }

  put(word: number): void {
    this.words[HEAD + (this.head & this.mask)] = word;
    this.head = (this.head + 1) | 0;
  }

  /** Lets the reader see what was put; false when there was nothing. A worker publishes before it blocks, idles or waits for room. */
  publish(): boolean {
    if (this.published === this.head) return false;
    this.published = this.head;
    Atomics.store(this.words, WRITTEN, this.head);
    return true;
  }
}

/** The reading end. */
export class LogReader {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly mask: number;
  private tail = 0;
  private written = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
    this.mask = this.words.length - HEAD - 1;
  }

  /** Is a whole record there? Records are published whole. */
  waiting(): boolean {
    if (this.written !== this.tail) return true;
    this.written = Atomics.load(this.words, WRITTEN);
    return this.written !== this.tail;
  }

  /** Word `i` of the next record. */
  peek(i: number): number {
    return this.words[HEAD + ((this.tail + i) & this.mask)]!;
  }

  /** The next record, of `count` words, has been read. */
  skip(count: number): void {
    this.tail = (this.tail + count) | 0;
  }

  /** Lets the writer have the room of what was read. */
  release(): void {
    if (Atomics.load(this.words, READ) === this.tail) return;
    Atomics.store(this.words, READ, this.tail);
    if (Atomics.load(this.words, WAITING) !== 0) Atomics.notify(this.words, READ);
  }
}
