import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { Tracker } from '../../../src/explore/search/tracker.ts';
import { planFor, privateWords, RunWorld } from '../../../src/runtime/world.ts';
import { placeSlice, slice } from '../../support/slice.ts';

/** The slice's world under a tracker, ready to run. */
function tracked() {
  const topology = slice(3);
  const plan = planFor(v6_8, topology);
  const words = privateWords(plan);
  const tracker = new Tracker(plan, words);
  const world = new RunWorld(v6_8, topology, plan, words, tracker);
  world.reset();
  placeSlice(world);
  tracker.start();
  return { tracker, world, words };
}

const walk = (world: RunWorld, actors: readonly number[]): void => {
  for (const actor of actors) if (!world.ended(actor)) world.step(actor, () => 0);
};
const schedules = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 300 });

describe('the tracker of a search', () => {
  it('keeps the hash that the state would have from nothing', () => {
    fc.assert(fc.property(schedules, (actors) => {
      const { tracker, world } = tracked();
      walk(world, actors);
      const incremental = [...tracker.lanes];
      tracker.start();
      expect([...tracker.lanes]).toEqual(incremental);
    }), { numRuns: 50 });
  });

  it('takes steps back to the very words', () => {
    fc.assert(fc.property(schedules, schedules, (before, after) => {
      const { tracker, world, words } = tracked();
      walk(world, before);
      const mark = tracker.mark();
      const hash = [...tracker.lanes];
      const copy = words.slice();
      walk(world, after);
      tracker.back(mark);
      expect(words).toEqual(copy);
      tracker.start();
      expect([...tracker.lanes]).toEqual(hash);
      expect(words).toEqual(copy);
    }), { numRuns: 50 });
  });

  it('does not tell states apart by how often mmu_invalidate_seq has moved', () => {
    const { tracker, world } = tracked();
    const before = [...tracker.lanes];
    world.objects.kvm_mmu(0).mmu_invalidate_seq += 5;
    expect([...tracker.lanes]).toEqual(before);
  });

  it('tells a snapshot of mmu_invalidate_seq that is current from one that is not', () => {
    const { tracker, world } = tracked();
    const { kvm_mmu } = world.objects;
    const frame = world.frames[1]!;
    frame['mmu_seq'] = kvm_mmu(0).mmu_invalidate_seq;
    const current = [...tracker.lanes];
    kvm_mmu(0).mmu_invalidate_seq += 1;
    expect([...tracker.lanes]).not.toEqual(current);
    frame['mmu_seq'] = kvm_mmu(0).mmu_invalidate_seq;
    expect([...tracker.lanes]).toEqual(current);
  });
});
