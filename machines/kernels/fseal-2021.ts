// F_SEAL_GUEST, 2021: a guest's private memory is a memfd of shmem that userspace cannot use any more.
//
// What this generation does. A memfd gets a seal: from then on nobody reads, writes or maps it, and only its size and its holes are
// userspace's (fallocate, ftruncate). KVM registers as the inode's one owner when a memslot gets the file. It asks for pages by
// get_lock_pfn, which answers them locked; it installs the SPTE and gives the page back by put_unlock_pfn. Whoever takes a page out of the
// file calls the owner while the page is locked: so a fault is before or behind it, and mmu_seq is not needed. There is no conversion:
// memslots with a file are private, others shared.
//
// Why the next one came. The seal comes late, on a file that has a life before it: a mmap or a read that has passed its test is not
// called back (G1-B8, G1-B9), and whoever is handed an ordinary memfd can seal it (G1-B13). So the flag moved to the creation of the file.
// The owner is a bare pointer in the inode, without a count and without an end (G1-B1 to G1-B3). And a VM that wants to convert pages has
// to change memslots: `private-ops-2022` lets the allocation of a page say what it is.

import { frame } from '../../src/memory/layout.ts';
import { memfdLayouts } from '../../src/memory/layouts/memfd.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { addSealsCall, steps as sealSteps } from '../../src/steps/memfd-seals.ts';
import { fileCalls, memfdCreateCall, steps as fileSteps } from '../../src/steps/memfd-file.ts';
import { lookupCall, setAttributesInSetup } from '../../src/steps/memfd-calls.ts';
import { steps as faultSteps } from '../../src/steps/memfd-fault.ts';
import { steps as ownerSteps } from '../../src/steps/memfd-owner.ts';
import { steps as pageSteps } from '../../src/steps/memfd-pages.ts';
import { reclaimCalls, steps as reclaimSteps } from '../../src/steps/memfd-reclaim.ts';
import { step, use } from '../fragment.ts';
import * as file from '../memfd/file.ts';
import * as guest from '../memfd/guest.ts';
import * as owner from '../memfd/owner.ts';
import * as pages from '../memfd/pages.ts';
import * as reclaim from '../memfd/reclaim.ts';
import * as seals from '../memfd/seals.ts';
import { hostMmap } from './changes/host-mmap.ts';
import { fsealBugs, fsealUnshown } from './bugs/fseal-2021.ts';
import { together, type Fix } from './fix.ts';
import { g4b3 } from './fixes/g4-b3.ts';
import { g4b14 } from './fixes/g4-b14.ts';
import { g4b4 } from './fixes/g4-b4.ts';
import { g4b8 } from './fixes/g4-b8.ts';
import { v6_8 } from './v6.8.ts';

const registers = [
  frame('memfd.addSeals', { denying: {} }),
  frame('memfd.undoRange', { index: { ref: 'index' }, pfn: { ref: 'pfn' }, cursor: { ref: 'index' } }),
  frame('memfd.undoAllocation', { index: { ref: 'index' }, pfn: { ref: 'pfn' }, cursor: { ref: 'index' } }),
  frame('gmem.allocate', { index: { ref: 'index' }, pfn: { ref: 'pfn' }, next: { ref: 'index' } }),
  frame('memfd.read', { index: { ref: 'index' }, pfn: { ref: 'pfn' } }),
  frame('memfd.migrate', { index: { ref: 'index' }, pfn: { ref: 'pfn' } }),
  frame('memfd.writeback', { index: { ref: 'index' }, pfn: { ref: 'pfn' } }),
  frame('memfd.write', { index: { ref: 'index' }, pfn: { ref: 'pfn' } }),
  frame('guestMem.lookup', { slot: { ref: 'slot' }, gfn: { ref: 'gfn' }, file: { ref: 'file' }, index: { ref: 'index' }, pfn: { ref: 'pfn' } }),
  frame('kvm.invalidatePage', {
    from: { ref: 'index' }, to: { ref: 'index' }, file: { ref: 'file' }, next_index: { ref: 'index' }, gfn: { ref: 'gfn' }, gfn_end: { ref: 'gfn' },
  }),
];

const memfds: Fix = {
  objects: Object.values(memfdLayouts),
  registers,
  calls: [memfdCreateCall, addSealsCall, lookupCall, setAttributesInSetup, ...fileCalls, ...reclaimCalls],
  config: { attributes: false, shmem: true, privacy: 'memslot' },
  steps: { ...fileSteps, ...g4b8.steps, ...sealSteps, ...pageSteps, ...ownerSteps, ...faultSteps, ...reclaimSteps },
  fragments: {
    ...Object.fromEntries([file, guest, owner, pages, reclaim, seals].flatMap((module) => Object.values(module)).map((one) => [one.name, one])),
    'mmu.fault': (edit) => {
      edit.remove('intent', 'slot');
      edit.replace('privacy', step('fault.testBacking', 'the memslot: a memfd, or memory of the VMM', { private: 'private', shared: 'shared', differs: 'failed' }));
      edit.replace('private', use('gmem.getPfn', { done: 'lockPrivate', error: 'pfn' }));
      edit.add('pfn', step('fault.testPfn', 'is the answer an error? It is unsigned (G1-B5)', { taken: 'mapError', error: 'failed' }));
      edit.add('mapError', step('oops.errorPfn', 'kvm_tdp_mmu_map of an error', { ok: 'failed' }));
      edit.add('failed', step('fault.fail', 'EFAULT', { ok: '^exit' }));
      edit.add('lockPrivate', use('mmu.readLock', 'root'));
      edit.add('root', step('fault.testRoot', 'is_obsolete_root; the page lock does the rest', { ok: 'mapPrivate', stale: 'unlockObsolete' }));
      edit.add('mapPrivate', step('fault.map', 'kvm_tdp_mmu_map, while the page is locked', { fixed: 'unlockPrivate', spurious: 'unlockPrivate' }));
      edit.add('unlockPrivate', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'putUnlock' }));
      edit.add('putUnlock', step('folio.unlock', 'put_unlock_pfn: set_page_dirty, unlock_page', { ok: 'put' }));
      edit.add('unlockObsolete', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'putUnlockObsolete' }));
      edit.add('putUnlockObsolete', step('folio.unlock', 'put_unlock_pfn', { ok: 'putStale' }));
      edit.remove('memoryFault', '^exit');
    },
  },
};

export const fseal_2021 = deriveKernel(v6_8, {
  ...together('fseal-2021', 'F_SEAL_GUEST of 2021: guest memory in a sealed memfd', [g4b3, g4b4, g4b14, hostMmap, memfds]),
  mended: v6_8.bugs.map(({ id }) => id),
  bugs: fsealBugs,
  unshown: fsealUnshown,
});
