// G2-B6, mended: a fallocate notes which pages it has added, and one that fails takes these back, and calls the owner for these, alone.

import { layout, type Table } from '../../../src/memory/layout.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { gone, keep, steps as pages } from '../../../src/steps/memfd-pages.ts';
import { step } from '../../fragment.ts';
import type { FolioAt, Operation } from '../../../src/memory/frames.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** Indices that the fallocate in progress has added, inode_lock held. */
const addedPages = layout('added_pages', { pages: { bits: 'index' } }, { per: ['inode'] });
type AddedWorld = MemfdWorld & { added_pages: Table<typeof addedPages> };
type Pages = Operation & FolioAt;

const note: Step<Pages, AddedWorld> = ({ added_pages }, f) => {
  added_pages(f.inode).pages.set(f.index);
  return ok;
};
const forget: Step<Pages, AddedWorld> = ({ added_pages }, f) => {
  added_pages(f.inode).pages.clearAll();
  return ok;
};
const isAdded: Step<Pages, AddedWorld> = ({ added_pages }, f) => (added_pages(f.inode).pages.has(f.index) ? gone : keep);
const failed: Step<Parameters<(typeof pages)['memfdFallocate.failed']>[1], AddedWorld> = (world, f) => {
  world.added_pages(f.inode).pages.clearAll();
  return pages['memfdFallocate.failed'](world, f);
};

export const g2b6: Fix = {
  mended: ['G2-B6'],
  objects: [addedPages],
  steps: { 'falloc.noteAdded': note, 'falloc.forgetAdded': forget, 'undo.isAdded': isAdded, 'memfdFallocate.failed': failed },
  fragments: {
    'memfd.findOrAdd': (edit) => { edit.insertAfter('insert', 'ok', 'note', step('falloc.noteAdded', 'this call has added it', { ok: '^done' })); },
    'gmem.allocate': (edit) => { edit.insertAfter('next', 'done', 'forget', step('falloc.forgetAdded', 'nothing is to be undone any more', { ok: '^done' })); },
    'memfd.unfallocPage': (edit) => {
      edit.insertBefore('callback', 'added', step('undo.isAdded', 'has this call added it?', { gone: 'callback', keep: 'unlock' }));
      edit.remove('inUse', 'remove');
    },
  },
};
