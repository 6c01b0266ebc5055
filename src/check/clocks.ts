// Vector clocks: for each actor, and for each object that orders, how far into every actor's past it is known to reach.

export class Clocks {
  /** Actors, and 0, which is none. */
  readonly width: number;
  /** own[a * width + b]: the latest time of b that is before a. */
  readonly own: Int32Array;
  private readonly kept: Int32Array;
  /** Who has let go of an object last, and at which time of its own: who knows that knows all of it. 0: nobody; -1: several. */
  private readonly by: Int32Array;
  private readonly at: Int32Array;

  constructor(actors: number, objects: number) {
    this.width = actors + 1;
    this.own = new Int32Array(this.width * this.width);
    this.kept = new Int32Array(this.width * objects);
    this.by = new Int32Array(objects);
    this.at = new Int32Array(objects);
    this.begin();
  }

  /** Nothing has happened yet but what is before everything. */
  begin(): void {
    this.own.fill(0);
    this.by.fill(0);
    for (let actor = 0; actor < this.width; actor++) this.own[actor * this.width + actor] = 1;
  }

  /** The actor's time: it moves on when others have been let see what it did. */
  time(actor: number): number {
    return this.own[actor * this.width + actor]!;
  }

  tick(actor: number): void {
    this.own[actor * this.width + actor]! += 1;
  }

  /** All that happened before somebody let go of the object is before what the actor does from now on. */
  acquire(actor: number, object: number): void {
    const by = this.by[object]!;
    if (by === 0) return;
    const { own, kept, width } = this;
    const mine = actor * width;
    if (by > 0 && own[mine + by]! >= this.at[object]!) return;
    const theirs = object * width;
    for (let k = 1; k < width; k++) if (kept[theirs + k]! > own[mine + k]!) own[mine + k] = kept[theirs + k]!;
  }

  /** What the actor did is before whoever acquires the object from now on; so stays what others did. */
  release(actor: number, object: number): void {
    const { own, kept, width } = this;
    const by = this.by[object]!;
    const mine = actor * width;
    const theirs = object * width;
    if (by === 0 || (by > 0 && own[mine + by]! >= this.at[object]!)) {
      for (let k = 1; k < width; k++) kept[theirs + k] = own[mine + k]!;
      this.by[object] = actor;
      this.at[object] = own[mine + actor]!;
      return;
    }
    for (let k = 1; k < width; k++) if (own[mine + k]! > kept[theirs + k]!) kept[theirs + k] = own[mine + k]!;
    this.by[object] = -1;
  }

  /** Nobody has let go of the object: what was kept is known otherwise. */
  forget(object: number): void {
    this.by[object] = 0;
  }
}
