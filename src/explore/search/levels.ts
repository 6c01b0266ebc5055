// The path of a search: for each state on it, what of it is still to try. Columns of whole numbers, so that a step allocates nothing.

/** What is still to try in a level: everything; a persistent set; all that is not in the set; nothing, since another search sees to it. */
export const WHOLE = 0, REDUCED = 1, REST = 2, GIVEN = 3;

export class Levels {
  capacity = 64;
  /** Where the undo log stands; number of the state; decision that led here. */
  mark = new Int32Array(64);
  number = new Int32Array(64);
  decidedActor = new Int32Array(64);
  decidedChoice = new Int32Array(64);
  /** The actor and the choice that are tried next. */
  actor = new Int32Array(64);
  choice = new Int32Array(64);
  phase = new Uint8Array(64);
  /** Somebody could go on; a successor was not on the path; a successor was broken. */
  enabled = new Uint8Array(64);
  open = new Uint8Array(64);
  broken = new Uint8Array(64);
  /** Hash of the state, two words. */
  print = new Int32Array(128);
  /** Rows: lanes of the hash; for each actor 1 + the object that it is blocked on, -1 when it has ended; the persistent set. */
  lanes: Int32Array;
  blocked: Int32Array;
  set: Uint8Array;
  readonly lanesWidth: number;
  readonly width: number;

  constructor(lanesWidth: number, actors: number) {
    this.lanesWidth = lanesWidth;
    this.width = actors + 1;
    this.lanes = new Int32Array(this.capacity * lanesWidth);
    this.blocked = new Int32Array(this.capacity * this.width);
    this.set = new Uint8Array(this.capacity * this.width);
  }

  get bytes(): number {
    return this.capacity * (4 * (6 + 2 + this.lanesWidth + this.width) + 4 + this.width);
  }

  /** Keeps the lanes of the state of a level; and puts them back. */
  keepLanes(level: number, lanes: Int32Array): void {
    const at = level * lanes.length;
    for (let k = 0; k < lanes.length; k++) this.lanes[at + k] = lanes[k]!;
  }
  putLanes(level: number, lanes: Int32Array): void {
    const at = level * lanes.length;
    for (let k = 0; k < lanes.length; k++) lanes[k] = this.lanes[at + k]!;
  }

  /** Leaves the rest of a level to another search. */
  give(level: number): void {
    this.phase[level] = GIVEN;
    this.actor[level] = this.width;
    this.choice[level] = 0;
  }

  /** Nothing was tried yet in the state of a level: where the undo log stands, and its hash. */
  begin(level: number, mark: number, low: number, high: number): void {
    this.mark[level] = mark;
    this.actor[level] = 1;
    this.choice[level] = 0;
    this.phase[level] = WHOLE;
    this.enabled[level] = 0;
    this.open[level] = 0;
    this.broken[level] = 0;
    this.print[level * 2] = low;
    this.print[level * 2 + 1] = high;
  }

  /** Makes room for twice as many. */
  grow(): void {
    const words = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    const bytes = (old: Uint8Array): Uint8Array<ArrayBuffer> => {
      const larger = new Uint8Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.capacity *= 2;
    this.mark = words(this.mark);
    this.number = words(this.number);
    this.decidedActor = words(this.decidedActor);
    this.decidedChoice = words(this.decidedChoice);
    this.actor = words(this.actor);
    this.choice = words(this.choice);
    this.print = words(this.print);
    this.lanes = words(this.lanes);
    this.blocked = words(this.blocked);
    this.phase = bytes(this.phase);
    this.enabled = bytes(this.enabled);
    this.open = bytes(this.open);
    this.broken = bytes(this.broken);
    this.set = bytes(this.set);
  }
}
