import { describe, expect, it } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { MOVE, packMoves } from '../../src/runtime/moves.ts';
import { scenariosOf } from '../../src/runtime/fits.ts';
import { planFor } from '../../src/runtime/world.ts';
import { compile } from '../../src/scenario/compile.ts';

describe.each(kernels)('the moves of $name', (kernel: Kernel) => {
  const { table } = kernel;
  const plan = planFor(kernel, compile(scenariosOf(kernel)[0]!, kernel));
  const { rows, entries, zeroed } = packMoves(kernel, plan);
  const fields = plan.byName.get('frame')!.fields;

  /** Names of the registers in a list of `zeroed`. */
  const registers = (list: number): string[] =>
    (list === 0 ? [] : [...zeroed.subarray(list + 1, list + 1 + zeroed[list]!)].map((offset) => fields.find((field) => field.offset === offset)!.name));

  it('lead where the table leads, zero the registers of what ends, and know the outcomes that a leaf does not expect', () => {
    let moves = 0;
    for (const { number } of table.leaves) {
      for (let outcome = 0; outcome < table.width; outcome++) {
        const cell = number * table.width + outcome;
        const at = (rows[number]! + outcome) * MOVE.WORDS;
        expect(entries[at + MOVE.LEAF] === number).toBe(table.next[cell]! >= 0);
        if (table.next[cell]! < 0) continue;
        moves++;
        expect(entries[at + MOVE.TO]).toBe(table.next[cell]);
        const ended = kernel.registers.filter(({ fragment }) => table.ends[table.endsAt[cell]!]!.includes(fragment)).flatMap((one) => Object.keys(one.fields));
        expect(registers(entries[at + MOVE.ZEROES]!).toSorted()).toEqual([...new Set(ended)].toSorted());
      }
    }
    expect(moves).toBeGreaterThan(1000);
  });

  it('have few gaps', () => {
    const moves = table.next.filter((to) => to >= 0).length;
    expect(entries.length / MOVE.WORDS).toBeLessThan(moves * 1.2);
  });
});
