// Sizes of a scenario's world, but for its actors.

import { messageWords, scenarioCalls, type Call } from '../memory/calls.ts';
import { DEFAULT_FRAMES } from './limits.ts';
import type { Sizes } from '../memory/plan.ts';
import type { Cast } from './cast.ts';
import type { Pools } from './pools.ts';
import type { Scenario } from './types.ts';

export interface SizeInputs {
  readonly scenario: Scenario;
  readonly cast: Cast;
  readonly pools: Pools;
  readonly huge: boolean;
  readonly calls: readonly Call[];
  /** Pages that the memory of files comes in, at most. */
  readonly filePages: number;
  readonly pages: { readonly gfns: number; readonly indexes: number; readonly hvas: number };
}

/** Words of the longest message that is not a call. */
const PAYLOAD = 8;

/** How many of everything the scenario needs, unless it says so itself. */
export function sizesOf({ scenario, cast, pools, huge, calls, filePages, pages }: SizeInputs): Sizes {
  const one = (count: number): number => Math.max(1, count);
  const files = Math.max(scenario.files ?? 0, pools.files);
  const payload = Math.max(PAYLOAD, ...scenarioCalls(calls).map(messageWords));
  // A page for each place that can hold one, and for each thread what it has allocated and not placed yet.
  const frames = scenario.frames ?? Math.min(DEFAULT_FRAMES, one(files * pages.indexes + pages.hvas + cast.threads.length * filePages));
  return {
    vm: cast.vms.length, vcpu: one(cast.vcpus.length), gfn: one(pages.gfns), hp: huge ? Math.ceil(one(pages.gfns) / 4) : 0,
    slot: Math.max((scenario.slots ?? 0) + 1, pools.memslots), slotId: Math.max(scenario.slotIds ?? 0, pools.slotIds), set: 2,
    file: files + 1, inode: files + 1, index: one(pages.indexes), pfn: frames + 1, segment: 0, hva: one(pages.hvas), region: one(cast.regions.length),
    actor: 0, fd: one(cast.descriptors.length), root: 2, thread: one(cast.threads.length), event: one(cast.events.length), payload, one: 1,
  };
}
