// Lock order, as lockdep judges it: which class of lock was wanted while which was held, over all executions seen. A cycle among
// the classes is a deadlock that some other schedule may run into, though nothing hung in these. An edge counts from the attempt.

import { classNameOf } from './lock-classes.ts';
import { EXCLUSIVE, type LockListener } from './lock-watch.ts';
import type { LockEdge, LockNesting, LockOrderReport, Mode, Nested } from './lock-report.ts';
import { withCycles } from './lock-cycles.ts';
import type { StepStream } from './step-stream.ts';

/** Locks that one actor is followed through; those that it holds beyond are not looked at. */
const DEPTH = 32;
/** Words that are kept of each: object, class, mode, leaf in which it was taken; the number of that step apart. */
const WORDS = 4;

const modeName = (mode: number): Mode => (mode === EXCLUSIVE ? 'exclusive' : 'shared');

export class LockOrder implements LockListener {
  private readonly stream: StepStream;
  private readonly held: Int32Array;
  private readonly since: Float64Array;
  private readonly depth: Int32Array;
  /** 1 for each (held class, mode, wanted class, mode) that has its witness. */
  private readonly known: Uint8Array;
  private readonly edges: LockEdge[] = [];
  private readonly nestings = new Map<string, LockNesting>();
  private readonly writers: Uint8Array;
  private readonly names: readonly string[];

  constructor(stream: StepStream) {
    this.stream = stream;
    this.names = stream.locks.map(classNameOf);
    this.known = new Uint8Array((stream.locks.length * 2) ** 2);
    this.writers = new Uint8Array(stream.locks.length);
    const actors = stream.world.topology.actors.length + 1;
    this.held = new Int32Array(actors * DEPTH * WORDS);
    this.since = new Float64Array(actors * DEPTH);
    this.depth = new Int32Array(actors);
  }

  /** The world stands somewhere else now: nobody holds anything, until the watch says so. */
  begin(): void {
    this.depth.fill(0);
  }

  acquired(actor: number, id: number, lockClass: number, mode: number, mayWait: boolean): void {
    if (mayWait) this.attempt(actor, id, lockClass, mode, this.stream.world.last.leaf);
    const depth = this.depth[actor]!;
    if (depth === DEPTH) return;
    const at = (actor * DEPTH + depth) * WORDS;
    this.held[at] = id;
    this.held[at + 1] = lockClass;
    this.held[at + 2] = mode;
    this.held[at + 3] = this.stream.world.last.leaf;
    this.since[actor * DEPTH + depth] = this.stream.now;
    this.depth[actor] = depth + 1;
  }

  released(actor: number, id: number): void {
    const depth = this.depth[actor]!;
    const first = actor * DEPTH;
    let k = depth - 1;
    while (k >= 0 && this.held[(first + k) * WORDS] !== id) k--;
    if (k < 0) return;
    // Mostly it is the one that was taken last.
    for (; k + 1 < depth; k++) {
      for (let word = 0; word < WORDS; word++) this.held[(first + k) * WORDS + word] = this.held[(first + k + 1) * WORDS + word]!;
      this.since[first + k] = this.since[first + k + 1]!;
    }
    this.depth[actor] = depth - 1;
  }

  wants(actor: number, id: number, lockClass: number, mode: number, leaf: number): void {
    this.attempt(actor, id, lockClass, mode, leaf);
  }

  /** Edges and nestings found so far. */
  get edgeCount(): number {
    return this.edges.length + this.nestings.size;
  }

  /** What was found so far, cycles included. */
  report(): LockOrderReport {
    const classes = this.stream.locks.map((row, place) => ({ name: this.names[place]!, kind: row.kind, writers: this.writers[place] === 1 }));
    return withCycles({ classes, edges: this.edges.slice(), nestings: [...this.nestings.values()] });
  }

  private attempt(actor: number, id: number, lockClass: number, mode: number, leaf: number): void {
    if (mode === EXCLUSIVE) this.writers[lockClass] = 1;
    const depth = this.depth[actor]!;
    const width = this.names.length * 2;
    for (let k = 0; k < depth; k++) {
      const at = (actor * DEPTH + k) * WORDS;
      if (this.held[at + 1] === lockClass) {
        this.nested(actor, k, id, lockClass, mode, leaf);
        continue;
      }
      const key = (this.held[at + 1]! * 2 + this.held[at + 2]!) * width + lockClass * 2 + mode;
      if (this.known[key] !== 0) continue;
      this.known[key] = 1;
      this.edges.push(this.edge(actor, k, id, lockClass, mode, leaf));
    }
  }

  /** A lock wanted by who holds one of its class: of interest only if it is the same, or in which order the two come. */
  private nested(actor: number, k: number, id: number, lockClass: number, mode: number, leaf: number): void {
    const at = (actor * DEPTH + k) * WORDS;
    // A section is left by who is inside: waiting for it there is waiting for oneself, whichever object is named.
    const nested: Nested = this.held[at] === id || this.stream.locks[lockClass]!.kind === 'section' ? 'same' : this.held[at]! < id ? 'ascending' : 'descending';
    const key = `${lockClass} ${nested} ${this.held[at + 2]!} ${mode}`;
    if (!this.nestings.has(key)) this.nestings.set(key, { ...this.edge(actor, k, id, lockClass, mode, leaf), nested });
  }

  private edge(actor: number, k: number, id: number, lockClass: number, mode: number, leaf: number): LockEdge {
    const { stream, names } = this;
    const at = (actor * DEPTH + k) * WORDS;
    return {
      from: names[this.held[at + 1]!]!, fromMode: modeName(this.held[at + 2]!), to: names[lockClass]!, toMode: modeName(mode),
      held: { ...stream.witness(actor, this.held[at + 3]!, this.since[actor * DEPTH + k]!), object: stream.object(this.held[at]!) },
      wanted: { ...stream.witness(actor, leaf, stream.now), object: stream.object(id) },
    };
  }
}
