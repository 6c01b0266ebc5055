// G3-B10. KVM_CREATE_GUEST_MEMFD makes the file before what the file's methods work on. Without memory for the latter it puts the file, whose
// release follows a private_data that nobody has set, and then the inode, whose reference was the file's. Mended as 6.8 does: the file comes
// last.

import { ok, outcome } from '../../../src/memory/outcome.ts';
import { ENOMEM } from '../../../src/steps/errno.ts';
import { allocationFails, enomem } from '../../../src/steps/folio.ts';
import { steps as fatal } from '../../../src/steps/oops.ts';
import { oops } from '../../common/oops.ts';
import { step } from '../../fragment.ts';
import type { Operation } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const isNull = outcome('null');

/** kzalloc of struct kvm_gmem. */
const allocate: Step<Operation> = (world, f) => {
  if (!allocationFails(world)) return ok;
  f.errno = ENOMEM;
  return enomem;
};
/** iput: the second put of the one reference that the file has. */
const putInode: Step<Operation> = (world, f) => {
  world.inode(world.file(f.handle).inode).add_i_count(-1);
  return ok;
};
/** gmem->kvm is what create publishes with it: without, private_data is null. */
const loadPrivate: Step<Operation> = ({ file }, f) => (file(f.handle).kvm === 0 ? isNull : ok);

const allocateTo = (to: string, failed: string) => step('create.allocate', 'kzalloc(sizeof(*gmem))', { ok: to, enomem: failed });

export const createOrder: Fix = {
  bugs: [{
    id: 'G3-B10', breaks: 'A file that cannot be made because memory is short is released without the object that its release works on, and its inode put twice.',
    scenario: 'create-no-memory', shownBy: ['S-34'], fixedIn: 'v6.8',
  }],
  steps: { ...fatal, 'create.allocate': allocate, 'create.putInode': putInode, 'release.loadPrivate': loadPrivate },
  fragments: {
    'gmem.create': (edit) => {
      edit.insertAfter('file', 'ok', 'allocate', allocateTo('pin', 'putFile'));
      edit.add('putFile', step('fd.put', 'fput: kvm_gmem_release runs before the return to userspace', { ok: 'putInode' }));
      edit.add('putInode', step('create.putInode', 'iput', { ok: '^done' }));
    },
    'gmem.release': (edit) => {
      edit.insertBefore('lock', 'gmem', step('release.loadPrivate', 'file->private_data', { ok: 'lock', null: 'oops' }));
      edit.add('oops', oops('kvm_gmem_release: gmem->kvm, where file->private_data is null'));
    },
  },
};

export const g3b10: Fix = {
  mended: ['G3-B10'],
  fragments: {
    'gmem.create': (edit) => {
      edit.remove('allocate', 'pin');
      edit.remove('putFile', '^done');
      edit.remove('putInode', '^done');
      edit.insertBefore('file', 'allocate', allocateTo('file', '^done'));
    },
    'gmem.release': (edit) => {
      edit.redirect('gmem', 'null', 'free');
      edit.remove('oops', 'free');
    },
  },
};
