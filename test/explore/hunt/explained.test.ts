// Which known bug a finding is, found out by mending.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { explaining, type Unexplained } from '../../../src/explore/hunt/explained.ts';
import { MendedKernels } from '../../../src/explore/hunt/mended.ts';
import { NEARBY, nearby } from '../../../src/explore/hunt/nearby.ts';
import { visit } from '../../../src/explore/hunt/visit.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';

function toEnd<T>(parts: Generator<void, T>): T {
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}
const mended = new MendedKernels(v6_8);

function found(kernel: Kernel, name: string, id: string): Unexplained {
  const scenario = builtinScenario(name)!;
  return { ...visit(kernel, compile(scenario, kernel), 1).findings.find((one) => one.id === id)!, scenario };
}

describe('a known bug', () => {
  it('can be mended, each of them', () => {
    expect(mended.bugs).toEqual(v6_8.bugs.map(({ id }) => id));
    expect(mended.without(mended.bugs)!.bugs).toEqual([]);
    expect(new MendedKernels(v6_8_fixed).bugs).toEqual([]);
  });

  // Both free a memslot that is still bound, and both show as S-11 in the same step.
  it.each([['SC26', 'S-11', 'G4-B2'], ['SC33', 'S-11', 'G4-B3'], ['SC22', 'S-17', 'G4-B10'], ['SC33', 'data-race', 'G4-B3'], ['SC36', 'S-22', 'G4-B8']])('in %s, shown by %s, is %s', (name, id, bug) => {
    expect(toEnd(explaining(v6_8, mended, found(v6_8, name, id)))).toEqual([bug]);
  });

  it('is none where a patch breaks the same property in another way', () => {
    const patched = deriveKernel(v6_8, { name: 'no-stale-test', fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') } });
    expect(toEnd(explaining(patched, new MendedKernels(patched), found(patched, 'SC01', 'S-01')))).toEqual([]);
  });

  it('that a patch stands in the way of is not mended, the others are', () => {
    const patched = deriveKernel(v6_8, { name: 'changed', fragments: { 'gmem.getPfn': (edit) => edit.remove('unlockPoisoned', 'putError') } });
    expect(new MendedKernels(patched).bugs).toEqual(mended.bugs.filter((id) => id !== 'G4-B1'));
  });
});

describe('runs near a schedule', () => {
  it('break the property often, and never where its bug is mended', () => {
    const one = found(v6_8, 'SC26', 'S-11');
    const times = toEnd(nearby(v6_8, one.scenario, one.schedule, one));
    expect(times).toBeGreaterThan(NEARBY / 10);
    expect(times).toBe(toEnd(nearby(v6_8, one.scenario, one.schedule, one)));
    expect(toEnd(nearby(mended.without(['G4-B2'])!, one.scenario, one.schedule, one))).toBe(0);
    expect(toEnd(nearby(mended.without(['G4-B3'])!, one.scenario, one.schedule, one))).toBeGreaterThan(NEARBY / 10);
  });
});
