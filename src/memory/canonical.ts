// Words that count upwards for ever enter a state's hash only by their relation to the copies that are still held: two states
// that differ in nothing but how often mmu_invalidate_seq has moved are the same state.

import type { Plan } from './plan.ts';
import type { Words } from './views.ts';

/** What a word is to the hash. */
export const PLAIN = 0, MONOTONE = 1, COPY = 2;

export class MonotoneWords {
  /** PLAIN, MONOTONE or COPY, for each state word. */
  readonly kind: Uint8Array;
  private readonly plan: Plan;
  private readonly words: Words;
  /** For a copy: its actor's `vm` register; the copied counter is that VM's. */
  private readonly vmRegister = new Map<number, number>();
  private readonly counterOfVm = new Map<number, (vm: number) => number>();
  private readonly copies: number[] = [];

  constructor(plan: Plan, words: Words) {
    this.plan = plan;
    this.words = words;
    this.kind = new Uint8Array(plan.stateWords);
    const frames = plan.byName.get('frame');
    for (const table of plan.tables) {
      for (const field of table.fields) {
        if (field.spec.monotone) for (let n = 0; n < table.count; n++) this.kind[table.base + n * table.words + field.offset] = MONOTONE;
        if (field.spec.copyOf === undefined || table !== frames) continue;
        const counter = this.counter(field.spec.copyOf);
        const vm = table.fields.find((one) => one.name === 'vm')!;
        for (let n = 0; n < table.count; n++) {
          const cell = table.base + n * table.words + field.offset;
          this.kind[cell] = COPY;
          this.copies.push(cell);
          this.vmRegister.set(cell, table.base + n * table.words + vm.offset);
          this.counterOfVm.set(cell, counter);
        }
      }
    }
  }

  private counter(name: string): (vm: number) => number {
    const [layout, fieldName] = name.split('.');
    const table = this.plan.byName.get(layout!);
    const field = table?.fields.find((one) => one.name === fieldName);
    if (table === undefined || field === undefined) throw new Error(`a register is declared as a copy of '${name}', which no layout has`);
    return (vm) => table.base + vm * table.words + field.offset;
  }

  /** The counter that the copy in `cell` was taken of. */
  counterOf(cell: number): number {
    return this.counterOfVm.get(cell)!(this.words[this.vmRegister.get(cell)!]!);
  }

  /** What a copy counts as: 0 when none is held, else 1 and how far the counter has moved on. */
  relation(copy: number, counter: number): number {
    return copy === 0 ? 0 : counter - copy + 1;
  }

  /** Calls `visit` for each copy held of the counter in `cell`. */
  forCopiesOf(counter: number, visit: (cell: number, copy: number) => void): void {
    for (const cell of this.copies) {
      const copy = this.words[cell]!;
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
