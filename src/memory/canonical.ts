// Words that count upwards for ever enter a state's hash only by their relation to the copies that are still held: two states
// that differ in nothing but how often mmu_invalidate_seq has moved are the same state.

import type { Plan } from './plan.ts';
import type { Words } from './views.ts';

/** What a word is to the hash. */
export const PLAIN = 0, MONOTONE = 1, COPY = 2;

export class MonotoneWords {
  /** Distances from here on are one: 1 where only it matters whether the counter has moved, so that loops without end have finitely many states. */
  farthest = Infinity;
  /** PLAIN, MONOTONE or COPY, for each state word. */
  readonly kind: Uint8Array;
  private readonly words: Words;
  /** Copies: the word of each, its actor's `vm` register, and where the counters of all VMs lie; the copied counter is that VM's. */
  private readonly copies: Int32Array;
  private readonly vmRegisters: Int32Array;
  private readonly counters: Int32Array;
  private readonly strides: Int32Array;
  /** For each word that is a copy, its place in these lists. */
  private readonly placeOf: Int32Array;

  constructor(plan: Plan, words: Words) {
    this.words = words;
    this.kind = new Uint8Array(plan.stateWords);
    this.placeOf = new Int32Array(plan.stateWords).fill(-1);
    const copies: number[] = [];
    const vmRegisters: number[] = [];
    const counters: number[] = [];
    const strides: number[] = [];
    const frames = plan.byName.get('frame');
    for (const table of plan.tables) {
      for (const field of table.fields) {
        if (field.spec.monotone) for (let n = 0; n < table.count; n++) this.kind[table.base + n * table.words + field.offset] = MONOTONE;
        if (field.spec.copyOf === undefined || table !== frames) continue;
        const counter = counterNamed(plan, field.spec.copyOf);
        const vm = table.fields.find((one) => one.name === 'vm')!;
        for (let n = 0; n < table.count; n++) {
          const cell = table.base + n * table.words + field.offset;
          this.kind[cell] = COPY;
          this.placeOf[cell] = copies.length;
          copies.push(cell);
          vmRegisters.push(table.base + n * table.words + vm.offset);
          counters.push(counter.at);
          strides.push(counter.stride);
        }
      }
    }
    this.copies = Int32Array.from(copies);
    this.vmRegisters = Int32Array.from(vmRegisters);
    this.counters = Int32Array.from(counters);
    this.strides = Int32Array.from(strides);
  }

  /** The counter that the copy in `cell` was taken of. */
  counterOf(cell: number): number {
    const place = this.placeOf[cell]!;
    return this.counters[place]! + this.words[this.vmRegisters[place]!]! * this.strides[place]!;
  }

  /** What a copy counts as: 0 when none is held, else 1 and how far the counter has moved on. */
  relation(copy: number, counter: number): number {
    return copy === 0 ? 0 : Math.min(counter - copy, this.farthest) + 1;
  }

  /** Calls `visit` for each copy held of the counter in `cell`. */
  forCopiesOf(counter: number, visit: (cell: number, copy: number) => void): void {
    const { copies, words } = this;
    for (let place = 0; place < copies.length; place++) {
      const cell = copies[place]!;
      const copy = words[cell]!;
      if (copy !== 0 && this.counterOf(cell) === counter) visit(cell, copy);
    }
  }

  /** What the word in `cell` counts as in the hash, as memory stands. */
  value(cell: number): number {
    switch (this.kind[cell]) {
      case MONOTONE: return 0;
      case COPY: return this.relation(this.words[cell]!, this.words[this.counterOf(cell)]!);
      default: return this.words[cell]!;
    }
  }
}

/** Where the counter of VM 0 lies, and how far the next VM's is from it. */
function counterNamed(plan: Plan, name: string): { at: number; stride: number } {
  const [layout, fieldName] = name.split('.');
  const table = plan.byName.get(layout!);
  const field = table?.fields.find((one) => one.name === fieldName);
  if (table === undefined || field === undefined) throw new Error(`a register is declared as a copy of '${name}', which no layout has`);
  return { at: table.base + field.offset, stride: table.words };
}
