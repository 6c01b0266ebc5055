// Kernels with a lock left out, for what finds races: v6.8-fixed, from which nothing is reported, less one pair of lock and unlock.

import { deriveKernel } from '../../src/kernel/derive.ts';
import { step } from '../../machines/fragment.ts';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { FragmentEdit } from '../../src/kernel/edit.ts';

export interface Lockless {
  readonly what: string;
  readonly kernel: Kernel;
  /** A scenario that shows it. */
  readonly scenario: string;
  /** Layouts on which it races. */
  readonly layouts: readonly string[];
}

const without = (name: string, fragments: Record<string, FragmentEdit>): Kernel => deriveKernel(v6_8_fixed, { name, fragments });

export const locklessKernels: readonly Lockless[] = [
  {
    what: 'mmu_lock in the fault path', scenario: 'SC01', layouts: ['kvm_mmu', 'spte'],
    kernel: without('no-mmu-lock-in-fault', {
      'mmu.fault': (edit) => {
        edit.remove('lock', 'stale');
        edit.remove('unlock', 'put');
        edit.remove('unlockStale', 'putStale');
      },
    }),
  },
  {
    what: 'mmu_lock around the zap', scenario: 'stress', layouts: ['kvm_mmu', 'spte'],
    kernel: without('no-mmu-lock-in-zap', {
      'gmem.invalidateBegin': (edit) => {
        edit.remove('lock', 'count');
        edit.remove('unlock', 'file');
      },
    }),
  },
  {
    what: 'mmu_lock at the end of an invalidation', scenario: 'SC01', layouts: ['kvm_mmu'],
    kernel: without('no-mmu-lock-at-end', {
      'gmem.invalidateEnd': (edit) => {
        edit.remove('lock', 'seq');
        edit.remove('unlock', 'file');
      },
    }),
  },
  {
    what: 'the folio lock in a fault', scenario: 'SC02', layouts: ['folio'],
    kernel: without('no-folio-lock', { 'gmem.getFolio': (edit) => edit.remove('lock', 'check') }),
  },
  {
    what: 'slots_lock in KVM_SET_USER_MEMORY_REGION2', scenario: 'SC34', layouts: ['memslot_set', 'memslots'],
    kernel: without('no-slots-lock', {
      'vm.setRegion': (edit) => {
        edit.remove('lock', 'validate');
        edit.remove('unlock', 'fdput');
      },
    }),
  },
  {
    what: 'slots_lock in KVM_SET_MEMORY_ATTRIBUTES', scenario: 'stress', layouts: ['memslots', 'memslot_set'],
    kernel: without('no-slots-lock-attributes', {
      'vm.setAttributes': (edit) => {
        edit.remove('lock', 'compare');
        edit.remove('unlock', 'fdput');
      },
    }),
  },
  {
    what: 'synchronize_srcu behind a swap of memslots', scenario: 'SC29', layouts: ['memslot', 'memslot_set'],
    kernel: without('no-srcu', {
      'slots.swap': (edit) => {
        edit.remove('mark', 'synchronize');
        edit.replace('synchronize', step('rcu.synchronize', 'nobody is waited for', { ok: 'generation' }));
      },
    }),
  },
];
