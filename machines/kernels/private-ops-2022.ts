// The private file of a memslot, 2022: a guest page is private if, and only if, its page is allocated in the file.
//
// What this generation does. A memslot has memory of the VMM and a file beside it, and userspace converts pages without touching memslots:
// fallocate(2) makes them private, a hole makes them shared. The file tells KVM of both: map zaps the shared SPTEs, unmap, per page and
// under its lock as before, the private ones. A fault never allocates; it asks the file. A private access without a page, and a shared one
// with a page, leave by KVM_EXIT_MEMORY_ERROR, and the VMM does what the guest has meant. The seal is there from the creation of the file,
// so that what was wrong with a seal that comes late is gone, and the owner is counted.
//
// Why the next one came. The state of the guest's memory lies in a file that anybody may write who has it: a stray fallocate, or one that
// fails half way (G2-B6), converts pages (G2-B8). Two mechanisms keep faults honest, the page lock for private pages and mmu_seq for
// shared ones, and what lies between them is nobody's: map makes no fault retry (G2-B1), and the test that private faults leave out is
// not only about pages (G2-B4). `rfc-v11` keeps an attribute for each guest page, and lets mmu_seq do all of it.

import { frame } from '../../src/memory/layout.ts';
import { calls } from '../../src/steps/calls.ts';
import { deriveKernel } from '../../src/kernel/define.ts';
import { steps } from '../../src/steps/private-ops.ts';
import { step, use } from '../fragment.ts';
import * as privateOps from '../memfd/private-ops.ts';
import { privateOpsBugs, privateOpsUnshown } from './bugs/private-ops-2022.ts';
import { fseal_2021_fixed } from './fseal-2021-fixed.ts';

const setAttributes = {
  ...calls.find(({ name }) => name === 'set_attributes')!,
  description: 'a VMM makes guest pages private by fallocate(2) on the file of their memslot, or shared by a hole in it',
};

export const private_ops_2022 = deriveKernel(fseal_2021_fixed, {
  name: 'private-ops-2022',
  title: 'The private file of 2022: private if allocated',
  config: { privacy: 'allocation' },
  calls: [setAttributes],
  registers: [
    frame('privateOps.probe', { file: { ref: 'file' }, inode: { ref: 'inode' }, index: { ref: 'index' } }),
    frame('kvm.mapRange', {
      from: { ref: 'index' }, to: { ref: 'index' }, file: { ref: 'file' }, next_index: { ref: 'index' }, gfn: { ref: 'gfn' }, gfn_end: { ref: 'gfn' },
    }),
  ],
  steps,
  fragments: {
    ...Object.fromEntries(Object.values(privateOps).map((one) => [one.name, one])),
    'guestOps.fallocate': (edit) => {
      edit.redirect('call', 'ok', 'map');
      edit.add('map', use('kvm.mapRange', 'put'));
    },
    'mmu.fault': (edit) => {
      edit.replace('privacy', step('fault.meaning', 'what the access means', { private: 'private', shared: 'probe', differs: 'error' }));
      edit.replace('private', use('gmem.getPfn', { done: 'lockPrivate', absent: 'error' }));
      edit.add('probe', use('privateOps.probe', { absent: 'shared', present: 'error' }));
      edit.add('error', step('fault.memoryError', 'P3, Q3: KVM_EXIT_MEMORY_ERROR', { ok: '^exit', outdated: '^retry' }));
      edit.remove('pfn', 'error');
      edit.remove('failed', '^exit');
      // is_page_fault_stale is left out for private pages, the root with it (G2-B4).
      edit.remove('root', 'mapPrivate');
      edit.remove('unlockObsolete', 'unlockPrivate');
      edit.remove('putUnlockObsolete', 'putUnlock');
    },
  },
  bugs: privateOpsBugs,
  unshown: privateOpsUnshown,
});
