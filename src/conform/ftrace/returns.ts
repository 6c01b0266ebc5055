// Return values of kernel functions, held against where the model stands when they return.

import { outcome } from '../../memory/outcome.ts';
import type { FrameView } from '../../runtime/world.ts';
import type { TaskControl } from './control.ts';
import type { Covers } from './cover.ts';
import type { Returns } from './functions.ts';

const fixed = outcome('fixed');
const spurious = outcome('spurious');

/** RET_PF_RETRY, RET_PF_EMULATE, RET_PF_FIXED, RET_PF_SPURIOUS of the kernel. */
const RETRY = 1n, EMULATE = 2n, FIXED = 5n, SPURIOUS = 6n;

const FAILING = ['mmu.fault:memoryFault'];
const STALE = ['mmu.fault:unlockStale,unlockNoSlot'];
const EMULATED = ['mmu.fault:unlockEmulate', 'vcpu.tlbMiss:emulate', 'vcpu.prefault:noEntry'];

/** What the model says in the place of a return value; nothing when it agrees. `frame` is of the actor that was in the function. */
export function wrongReturn(returns: Returns, ret: bigint, frame: FrameView, covers: Covers, { mapped }: TaskControl): string | undefined {
  const errno = BigInt(frame['errno'] ?? 0);
  const { leaf } = frame;
  const inFault = covers.isIn(leaf, 'mmu.fault');
  const failing = covers.isAt(leaf, FAILING);
  const failed = ret < 0n ? -ret : 0n;
  switch (returns) {
    case 'errno':
      // Within a fault the errno is not set yet.
      if (inFault) return (ret < 0n) === failing ? undefined : failing ? 'it fails' : 'it succeeds';
      return failed === errno ? undefined : errno === 0n ? 'it succeeds' : `it fails with errno ${errno}`;
    case 'stale': {
      const isStale = covers.isAt(leaf, STALE);
      return (ret !== 0n) === isStale ? undefined : isStale ? 'the fault is stale' : 'the fault is not stale';
    }
    case 'faultin':
      if (inFault && !failing) return ret === 0n ? undefined : 'the fault goes on with the page';
      if (errno !== 0n) return failed === errno ? undefined : `the fault fails with errno ${errno}`;
      return ret === RETRY ? undefined : 'the fault is given up and tried again';
    case 'fault': {
      if (ret < 0n || errno !== 0n) return failed === errno ? undefined : errno === 0n ? 'the fault does not fail' : `the errno is ${errno}`;
      const emulated = covers.isAt(leaf, EMULATED);
      const is = emulated ? EMULATE : mapped === fixed ? FIXED : mapped === spurious ? SPURIOUS : RETRY;
      return ret === is ? undefined : `it is ${is}: the leaf is ${emulated ? 'no page' : mapped === fixed ? 'new' : mapped === spurious ? 'there already' : 'not installed'}`;
    }
  }
}
