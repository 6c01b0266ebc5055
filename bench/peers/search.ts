// The exhaustive search, as tests and benchmarks of the protocol call it: the one place that knows which engine that is.

import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { noUseAfterFree, protocol, type Variant } from './protocol.ts';
import { peers } from './world.ts';

export interface SearchOptions {
  /** Judge accesses, and end with the first that is wrong or with the first deadlock; else nothing is judged and the whole space is searched. */
  readonly judged?: boolean;
  /** Count once what differs only in which vCPU, invalidator or page is which; leave out orders of independent steps. */
  readonly symmetry?: boolean;
  readonly reduction?: boolean;
  /** Compare whole states, not hashes. */
  readonly exact?: boolean;
}

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  readonly deadlocks: number;
  /** Sentence of the first violation, and the number of steps that lead to it. */
  readonly violation: { readonly sentence: string; readonly steps: number } | undefined;
}

/** Every interleaving of N vCPUs and M invalidators. */
export function search(vcpus: number, invalidators: number, variant: Variant = {}, { judged = false, ...how }: SearchOptions = {}): SearchResult {
  const { states, transitions, deadlocks, findings } = exhaustive(protocol(variant), peers(vcpus, invalidators), {
    ...how, ...(judged ? { invariants: [noUseAfterFree], stop: 'first' } : { stop: 'never' }),
  });
  const first = findings.find(({ kind }) => kind === 'safety');
  return { states, transitions, deadlocks, violation: first === undefined ? undefined : { sentence: first.sentence, steps: first.schedule.length } };
}
