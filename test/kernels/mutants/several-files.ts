// Mutants of what needs two files on one inode: cut from version 11, mended, with the alternative in which there can be two.

import { use } from '../../../machines/fragment.ts';
import { allocate, call, close, createGmem, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SC06 } from '../../../src/scenario/builtin/sc06.ts';
import type { Mutant } from '../../../src/explore/mutants/mutant.ts';

const base = 'rfc-v11-linked';

/** A guest on one file of an inode, and the release of the other. */
const otherCloses = scenario({
  name: 'other-file-closes', vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }],
  setup: [createGmem('A', 1), call('link_gmem', { newFd: 'B', fd: 'A' }), slot(0, 0, 1, { fd: 'B' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [close('A', 'ok')] }],
});

export const severalFilesMutants: readonly Mutant[] = [
  {
    id: 'M31', does: 'frees the pages of an inode that has another file', where: 'kvm_gmem_release', base, scenario: otherCloses, shownBy: ['S-01', 'S-03', 'S-27'],
    fragments: { 'gmem.release': (edit) => edit.insertBefore('putInode', 'freePages', use('gmem.truncate', 'putInode')) },
  },
  {
    id: 'M70', does: 'invalidates the first file of an inode only', where: 'kvm_gmem_invalidate_begin', base, scenario: SC06, shownBy: ['S-01', 'S-03'],
    fragments: {
      'gmem.invalidateBegin': (edit) => {
        edit.redirect('slot', 'done', '^done');
        edit.redirect('unlock', 'ok', '^done');
      },
      'gmem.invalidateEnd': (edit) => {
        edit.redirect('bound', 'none', '^done');
        edit.redirect('unlock', 'ok', '^done');
      },
    },
  },
];
