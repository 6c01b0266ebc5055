// Random runs of memslot changes, conversions, punches, host memory and faults at once: whatever the order, what they leave is right.
// The same runs find each of some kernels with a piece taken out, so that they can fail.

import { describe, expect, it } from 'vitest';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { step } from '../../../machines/fragment.ts';
import { leftovers, run } from '../../support/stress.ts';
import type { FragmentEdit } from '../../../src/kernel/edit.ts';

describe.each([['small pages', false], ['huge pages', true]])('%s', (_what, huge) => {
  it.each(Array.from({ length: 40 }, (_one, seed) => seed + 1))('seed %i', (seed) => {
    const { world, why } = run(huge, seed);
    expect({ why, leftovers: leftovers(world) }).toEqual({ why: 'finished', leftovers: [] });
  });
});

const broken: readonly [string, string, FragmentEdit, RegExp][] = [
  ['a fault that is not tested for staleness', 'mmu.fault', (edit) => { edit.remove('stale', 'map'); }, /is mapped/],
  ['attributes that change without a zap', 'vm.attributesPrePass', (edit) => { edit.replace('unmap', step('mmu.rangeAdd', 'no zap', { ok: 'slot' })); }, /is mapped/],
  ['a memslot that is deleted and stays bound', 'slots.delete', (edit) => { edit.remove('unbind', 'free'); }, /is bound to/],
  ['a swap that does not wait for notifiers', 'slots.swap', (edit) => { edit.redirect('publish', 'busy', 'archUnlock'); }, /leaked|notifier|invalidation/],
  ['a notifier that zaps nothing', 'mn.rangeStart', (edit) => { edit.replace('unmap', step('mmu.rangeAdd', 'no zap', { ok: 'slot' })); }, /behind it is/],
];
it.each(broken)('finds %s', (_what, fragment, edit, sign) => {
  const kernel = deriveKernel(v6_8_fixed, { name: 'broken', fragments: { [fragment]: edit } });
  for (let seed = 1; seed <= 60; seed++) {
    for (const huge of [false, true]) if (sign.test(leftovers(run(huge, seed, kernel).world).join('; '))) return;
  }
  expect.unreachable('no run has found it');
});
