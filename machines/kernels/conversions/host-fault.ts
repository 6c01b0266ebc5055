// A fault of the process on a mapped file: invalidate_lock, shared, around the look at the page's state and the look-up of its folio. What
// lies behind it, until the page-table entry is there, only the folio's lock and reference cover: a conversion that comes in between finds
// a reference too many, and gives up.

import { ok, outcome } from '../../../src/memory/outcome.ts';
import * as rwsem from '../../../src/memory/rwsem.ts';
import { SHAREABILITY_ALL } from '../../../src/memory/layouts/shareability.ts';
import { PAGE_SHIFT, pageNumber, pair, toBig } from '../../../src/memory/u64.ts';
import { beyond } from '../../../src/steps/gmem-host-fault.ts';
import { fileOffset } from '../../../src/steps/mappings.ts';
import { shareabilityAt, withShareability } from '../../../src/steps/shareability.ts';
import { step } from '../../fragment.ts';
import type { HostFault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

type FileFault = HostFault & { of: number; at: number };

const guestOnly = outcome('guestOnly');

/** HF1: the index is within the file. */
const bounds: Step<FileFault> = (world, f) => {
  const { inode } = world.mapping(world.facts.regionOfHva[f.hva]!);
  const { size_lo, size_hi } = world.inode(inode);
  const offset = fileOffset(world, f.hva);
  if (toBig(offset) >= toBig(pair(size_lo, size_hi))) return beyond;
  const index = world.facts.indexes.find(BigInt(pageNumber(offset)));
  if (index < 0) throw new RangeError(`page ${toBig(offset) >> BigInt(PAGE_SHIFT)} of a file is mapped and touched, which the scenario has no room for`);
  f.of = inode;
  f.at = index;
  return ok;
};

/** HF3: kvm_gmem_is_shared_mem: a page that is the guest's alone is no page of the host's. */
const testShared: Step<FileFault> = (world, f) => (shareabilityAt(withShareability(world), f.of, f.at) === SHAREABILITY_ALL ? ok : guestOnly);

export const hostFault: Fix = {
  steps: {
    'fileFolio.bounds': bounds,
    /** HF2, HF6: filemap_invalidate_lock_shared, filemap_invalidate_unlock_shared */
    'fileFolio.downRead': (({ invalidate_lock }, f) => rwsem.downRead(invalidate_lock(f.of), f.self)) satisfies Step<FileFault>,
    'fileFolio.upRead': (({ invalidate_lock }, f) => rwsem.upRead(invalidate_lock(f.of), f.self)) satisfies Step<FileFault>,
    'fileFolio.testShared': testShared,
  },
  fragments: {
    'host.fileFolio': (edit) => {
      const unlock = (to: string) => step('fileFolio.upRead', 'HF6: filemap_invalidate_unlock_shared', { ok: to });
      edit.replace('bounds', step('fileFolio.bounds', 'HF1: i_size_read', { ok: 'lockShared', beyond: '^beyond' }));
      edit.add('lockShared', step('fileFolio.downRead', 'HF2: filemap_invalidate_lock_shared', { ok: 'shared' }));
      edit.add('shared', step('fileFolio.testShared', 'HF3: the shareability of the page', { ok: 'find', guestOnly: 'unlockGuestOnly' }));
      edit.add('unlockGuestOnly', unlock('^beyond'));
      edit.redirect('alloc', 'enomem', 'unlockEnomem');
      edit.add('unlockEnomem', unlock('^enomem'));
      edit.insertBefore('poison', 'unlockShared', unlock('poison'));
    },
  },
};
