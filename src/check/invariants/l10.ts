// L-10: a vCPU does not go on in the guest over a request that nobody will interrupt it for.

import { outcome } from '../../memory/outcome.ts';
import { vcpuName } from './words.ts';
import type { Invariant } from '../invariant.ts';

const interrupted = outcome('interrupted');
const miss = outcome('miss');

export const l10: Invariant = {
  id: 'L-10',
  title: 'a request is handled before the guest goes on',
  statement: 'A vCPU executes no instruction of the guest while a request is set whose sender is through with it: the vCPU has looked again '
    + 'behind storing its mode, or was interrupted.',
  after: {
    'guest.execute': (world) => {
      const { objects, frames, last } = world;
      if (last.outcome === interrupted || last.outcome === miss) return undefined;
      const { vcpu } = frames[last.actor]!;
      const { bits } = objects.vcpu_requests(vcpu);
      // Whoever has marked the vCPU is about to interrupt it, or waits for that.
      if (bits === 0 || objects.flush_mark(vcpu).marked_by.any()) return undefined;
      return `${vcpuName(world, vcpu)} executes an instruction of the guest with request ${bits} set, and whoever has set it does not wait for it any more`;
    },
  },
};
