// Entry of the ioctls of a VM: which VM, and whether it still takes calls.

import { ok, outcome } from '../memory/outcome.ts';
import { arg } from '../memory/calls.ts';
import { EIO } from './errno.ts';
import { refused } from './fallocate.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const equal = outcome('equal');

/** KVM_MEMORY_ATTRIBUTE_PRIVATE. */
export const KVM_MEMORY_ATTRIBUTE_PRIVATE = 8n;

export const steps = {
  /** kvm_vm_ioctl: the descriptor's VM; a dead one answers EIO to everything. */
  'vm.enter': (world, f) => {
    f.vm = arg(world, f, 0);
    if (world.kvm(f.vm).vm_dead === 0) return ok;
    f.errno = EIO;
    return refused;
  },
} satisfies { [name: string]: Step<Operation> };
