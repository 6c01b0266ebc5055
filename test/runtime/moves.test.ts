import { describe, expect, it } from 'vitest';
import { kernels } from '../../machines/kernels/index.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import { MOVE, packMoves } from '../../src/runtime/moves.ts';
import { fits } from '../../src/runtime/fits.ts';
import { planFor } from '../../src/runtime/world.ts';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';

describe.each(kernels)('the moves of $name', (kernel: Kernel) => {
  const { table } = kernel;
  const plan = planFor(kernel, compile(builtinScenarios.find((scenario) => fits(scenario, kernel))!, kernel));
  const { rows, entries, zeroed } = packMoves(kernel, plan);
  const fields = plan.byName.get('frame')!.fields;

  /** Names of the registers in a list of `zeroed`. */
  const registers = (list: number): string[] =>
    (list === 0 ? [] : [...zeroed.subarray(list + 1, list + 1 + zeroed[list]!)].map((offset) => fields.find((field) => field.offset === offset)!.name));

  it('lead where the table leads, zero the registers of what ends, and know the outcomes that a leaf does not expect', () => {
    let moves = 0;
    // Places that know a move where there is none, or none where there is one: gathered, since there are a million of them.
    const wrong: string[] = [];
    for (const { number } of table.leaves) {
      for (let outcome = 0; outcome < table.width; outcome++) {
        const cell = number * table.width + outcome;
        const at = (rows[number]! + outcome) * MOVE.WORDS;
        if ((entries[at + MOVE.LEAF] === number) !== (table.next[cell]! >= 0)) wrong.push(`leaf ${number}, outcome ${outcome}`);
        if (table.next[cell]! < 0) continue;
        moves++;
        expect(entries[at + MOVE.TO]).toBe(table.next[cell]);
        const ended = kernel.registers.filter(({ fragment }) => table.ends[table.endsAt[cell]!]!.includes(fragment)).flatMap((one) => Object.keys(one.fields));
        expect(registers(entries[at + MOVE.ZEROES]!).toSorted()).toEqual([...new Set(ended)].toSorted());
      }
    }
    expect(wrong).toEqual([]);
    expect(moves).toBeGreaterThan(1000);
  });

  it('have few gaps', () => {
    const moves = table.next.filter((to) => to >= 0).length;
    expect(entries.length / MOVE.WORDS).toBeLessThan(moves * 1.2);
  });
});
