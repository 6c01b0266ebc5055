// A small memory for tests of the primitives: some layouts laid out in private words, with or without an observer.

import { makePlan, type Plan, type Sizes } from '../../src/memory/plan.ts';
import { makeAccess, type Observer, type Words } from '../../src/memory/views.ts';
import type { Layout, Tables } from '../../src/memory/layout.ts';

/** Sizes of 3 in every dimension, but for those that are given. */
export const sizes = (given: Partial<Sizes> = {}): Sizes => ({
  vm: 3, vcpu: 3, gfn: 3, hp: 3, slot: 3, slotId: 3, set: 2, file: 3, inode: 3, index: 3, pfn: 3, segment: 3, hva: 3, region: 3, actor: 8, fd: 3, root: 2,
  thread: 3, event: 3, payload: 4, one: 1, ...given,
});

export interface Memory<L extends { readonly [key: string]: Layout }> {
  readonly plan: Plan;
  readonly words: Words;
  readonly tables: Tables<L>;
}

/** Lays `layouts` out in zeroed words; every key must be the layout's name. */
export function memory<const L extends { readonly [key: string]: Layout }>(layouts: L, given: Partial<Sizes> = {}, observer?: Observer): Memory<L> {
  const plan = makePlan(Object.values(layouts), sizes(given), 0);
  const words: Words = new Int32Array(new ArrayBuffer(plan.totalWords * 4));
  return { plan, words, tables: makeAccess(plan, words, observer).tables as unknown as Tables<L> };
}
