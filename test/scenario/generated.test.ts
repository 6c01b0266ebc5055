// Whatever a generator makes of the words of the language: it compiles to a sound topology, or it is a ScenarioError.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { GUEST, INSTRUCTION } from '../../src/memory/code.ts';
import { planFor } from '../../src/runtime/world.ts';
import { compile } from '../../src/scenario/compile.ts';
import { ScenarioError } from '../../src/scenario/errors.ts';
import { anyKernel } from '../support/for-kernel.ts';
import { scenarios } from '../support/generator.ts';
import type { Topology } from '../../src/scenario/topology.ts';

/** References lead to what exists, and every word is a word. */
function expectSound(topology: Topology): void {
  const { actors, sizes } = topology;
  expect(sizes.actor).toBe(actors.length + 1);
  for (const size of Object.values(sizes)) expect(Number.isInteger(size) && size >= 0).toBe(true);
  expect(new Set(actors.map(({ name }) => name)).size).toBe(actors.length);
  for (const { caller, code, thread, ownFile } of actors) {
    expect(caller).toBeLessThanOrEqual(actors.length);
    expect(thread).toBeLessThan(sizes.thread);
    expect(ownFile).toBeLessThan(sizes.file);
    expect(code.length % INSTRUCTION).toBe(0);
    expect(code.every((word) => word === (word | 0))).toBe(true);
    for (let pc = 0; pc < code.length; pc += INSTRUCTION) {
      const [operation, first] = [code[pc]!, code[pc + 1]!];
      if (operation === GUEST.JUMP || operation === GUEST.LOOP) expect(first * INSTRUCTION).toBeLessThan(code.length);
      if (operation === GUEST.MIX) for (let k = 0; k < first; k++) expect(code[pc + 2 + 2 * k]! * INSTRUCTION).toBeLessThan(code.length);
    }
  }
  expect(planFor(v6_8, topology).totalWords).toBeLessThan(10_000_000);
}

describe('a generated scenario', () => {
  it('compiles to a sound topology, or is refused in one line', () => {
    let compiled = 0;
    let refused = 0;
    fc.assert(fc.property(scenarios, (scenario) => {
      let topology: Topology;
      try {
        topology = compile(scenario, anyKernel);
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        expect(error.message).not.toContain('\n');
        expect(error.message.length).toBeLessThan(400);
        refused++;
        return;
      }
      expectSound(topology);
      compiled++;
    }), { numRuns: 1000, seed: 1 });
    expect(compiled).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it('may be anything at all', () => {
    fc.assert(fc.property(fc.anything(), (input) => {
      expect(() => compile(input, anyKernel)).toThrow(ScenarioError);
    }), { numRuns: 500, seed: 1 });
  });
});
