// KVM_GET_DIRTY_LOG, as far as the VMM has it: which memslots have a log. What guests write is not logged, so every page of it is clean.

import { ok } from '../memory/outcome.ts';
import { arg, type Call } from '../memory/calls.ts';
import { KVM_MEM_LOG_DIRTY_PAGES } from '../memory/layouts/kvm.ts';
import { addressSpaces, rowOf } from './address-space.ts';
import { EINVAL, ENOENT } from './errno.ts';
import { publishedSlot } from './set-region.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const calls: readonly Call[] = [
  {
    name: 'get_dirty_log', on: 'vm', vmIoctl: true, fragment: 'vm.getDirtyLog', description: 'KVM_GET_DIRTY_LOG: which pages were written; guests of the model leave no trace there',
    recorded: true,
    arguments: [{ name: 'vm', type: 'vm', default: 0, description: 'the VM' }, { name: 'slot', type: 'u32', description: 'id of the memslot; address space in the upper half' }],
    results: [{ name: 'bitmap0', type: 'u64' }],
  },
];

export const steps = {
  /** kvm_get_dirty_log_protect, slots_lock held: the id, then the memslot and its log. */
  'dirtyLog.read': (world, f) => {
    const number = arg(world, f, 1) >>> 0;
    const id = number & 0xffff;
    if (number >>> 16 >= addressSpaces(world, f.vm) || id >= world.facts.config.userMemSlots) {
      f.errno = EINVAL;
      return ok;
    }
    const slot = publishedSlot(world, f.vm, rowOf(world.facts, number >>> 16, id));
    if (slot === 0 || (world.memslot(slot).flags & KVM_MEM_LOG_DIRTY_PAGES) === 0) f.errno = ENOENT;
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
