// S-22: system calls answer as documented: what a scenario expects is compared where the answer arrives.

import { expectedOf, operand } from '../../memory/code.ts';
import { outcome, outcomeName } from '../../memory/outcome.ts';
import { arg64 } from '../../memory/calls.ts';
import { add, pageNumber } from '../../memory/u64.ts';
import { FALLOCATE } from '../../steps/fallocate.ts';
import { done } from '../../steps/flush.ts';
import { ERRNO_NAMES } from '../../steps/errno.ts';
import { MF_RECOVERED } from '../../steps/memory-failure.ts';
import { actorName, indexName } from './words.ts';
import type { Invariant } from '../invariant.ts';
import type { MemfdWorld } from '../../steps/memfd-world.ts';

const unexpected = outcome('unexpected');
const errnoName = (errno: number): string => ERRNO_NAMES[errno] ?? `errno ${errno}`;

export const s22: Invariant = {
  id: 'S-22',
  title: 'calls answer as documented',
  statement: 'A system call fails with the errno of the first check, in documented order, that does not hold, and leaves things as they were. memory_failure() calls '
    + 'a page recovered only when nobody has it any more.',
  bySentence: true,
  before: {
    // A fallocate has failed where pages are state: what had a page before has it still.
    'memfdFallocate.failed': (world) => {
      const { objects, frames, last, facts } = world;
      const { inode = 0 } = frames[last.actor]! as { inode?: number };
      if (facts.config.privacy !== 'allocation') return undefined;
      const { present } = (objects as MemfdWorld).before_fallocate(inode);
      for (let index = 0; index < facts.sizes.index; index++) {
        if (!present.has(index) || objects.cache(inode, index).pfn !== 0) continue;
        return `fallocate of ${actorName(world, last.actor)} fails, and ${indexName(world, inode, index)}, which had a page before it, has none any more`;
      }
      return undefined;
    },
  },
  after: {
    // An allocation is over, and has not failed: there is a page for each that was asked for. Holes take the lock that it holds.
    'fallocate.next': (world) => {
      const { objects, frames, last, facts } = world;
      if (last.outcome !== done || facts.config.hugeFiles !== true) return undefined;
      const frame = frames[last.actor]!;
      const { inode = 0 } = frame as { inode?: number };
      const offset = arg64(objects, frame, FALLOCATE.offset);
      const behind = facts.indexes.lowerBound(pageNumber(add(offset, arg64(objects, frame, FALLOCATE.length))));
      for (let index = facts.indexes.lowerBound(pageNumber(offset)); index < behind; index++) {
        if (objects.cache(inode, index).pfn === 0) return `fallocate of ${actorName(world, last.actor)} is about to report success, and ${indexName(world, inode, index)}, which it was asked for, has no page`;
      }
      return undefined;
    },
    'mf.verdict': (world) => {
      const { objects, frames, last } = world;
      const { pfn = 0, result } = frames[last.actor]! as { pfn?: number; result?: number };
      const { mapping, index } = objects.folio(pfn);
      if (result !== MF_RECOVERED || mapping === 0) return undefined;
      return `memory_failure() of ${actorName(world, last.actor)} says RECOVERED of pfn ${pfn}, which ${indexName(world, mapping, index)} still has: it is DELAYED at best`;
    },
    'vmm.receiveReply': (world) => {
      const { facts, frames, last } = world;
      if (last.outcome !== unexpected) return undefined;
      const call = operand(facts, last.actor, last.pc, 1);
      const expected = expectedOf(operand(facts, last.actor, last.pc, 2)) - 1;
      return `${outcomeName(facts.callOutcomes[call]!)} of ${actorName(world, last.actor)} answered ${errnoName(frames[last.actor]!['ret']!)}, expected was ${errnoName(expected)}`;
    },
    'hw.receiveReply': (world) => {
      const { facts, frames, last } = world;
      if (last.outcome !== unexpected) return undefined;
      return `memory_failure() for ${actorName(world, last.actor)} answered ${errnoName(frames[last.actor]!['ret']!)}, expected was ${errnoName(operand(facts, last.actor, last.pc, 2) - 1)}`;
    },
  },
};
