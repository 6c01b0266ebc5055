// L-11: a long operation does not keep a signal waiting. How long is too long is what the kernel's own loop says: it asks for a
// signal before each page, so that one more page is one too many.

import { ok } from '../../memory/outcome.ts';
import { threadName } from './words.ts';
import type { Invariant } from '../invariant.ts';

export const l11: Invariant = {
  id: 'L-11',
  title: 'a signal ends a long operation',
  statement: 'An allocation of many pages that is interrupted by a signal returns promptly: it does not begin another page while a signal is pending.',
  after: {
    'fallocate.next': (world) => {
      const { objects, frames, last } = world;
      const { thread } = frames[last.actor]!;
      if (last.outcome !== ok || thread < 0 || objects.signal(thread).number === 0) return undefined;
      return `fallocate(2) of ${threadName(world, thread)} goes on to another page though a signal is pending`;
    },
  },
};
