// G4-B10, mended as spec 17, P1 proposes: bindings and the list of files have a lock of their own that nests inside the folio
// lock. memory_failure(), which holds the folio lock, takes only that one; a hole holds it around its begin and its end, not
// while it waits for folio locks; bind, unbind and release hold it around what they change. The lock order is
// slots_lock, invalidate_lock, folio lock, bindings lock, mmu_lock.

import { layout, type Table } from '../../../src/memory/layout.ts';
import * as rwsem from '../../../src/memory/rwsem.ts';
import { fragment, step, use } from '../../fragment.ts';
import type { Step, World } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** Of an inode: the bindings of its files, and the list of them. */
const bindingsLock = layout('bindings_lock', {
  readers: { bits: 'actor' },
  writer: { ref: 'actor' },
  waiting_writers: { bits: 'actor' },
}, { per: ['inode'] });

type OnInode = { inode: number };
const lockOf = (world: World, inode: number) => (world as World & { bindings_lock: Table<typeof bindingsLock> }).bindings_lock(inode);

const downRead: Step<OnInode> = (world, f) => rwsem.downRead(lockOf(world, f.inode), f.self);
const upRead: Step<OnInode> = (world, f) => rwsem.upRead(lockOf(world, f.inode), f.self);
const downWrite: Step<OnInode> = (world, f) => rwsem.downWrite(lockOf(world, f.inode), f.self);
const downWriteGranted: Step<OnInode> = (world, f) => rwsem.downWriteGranted(lockOf(world, f.inode), f.self);
const upWrite: Step<OnInode> = (world, f) => rwsem.upWrite(lockOf(world, f.inode));

const takeShared = (to: string) => step('bindings.downRead', 'down_read of the bindings lock', { ok: to });
const dropShared = (to: string) => step('bindings.upRead', 'up_read of the bindings lock', { ok: to });
const take = (to: string) => use('inode.bindingsLock', to);
const drop = (to: string) => step('bindings.upWrite', 'up_write of the bindings lock', { ok: to });

export const g4b10: Fix = {
  mended: ['G4-B10'],
  objects: [bindingsLock],
  steps: {
    'bindings.downRead': downRead, 'bindings.upRead': upRead,
    'bindings.downWrite': downWrite, 'bindings.downWriteGranted': downWriteGranted, 'bindings.upWrite': upWrite,
  },
  fragments: {
    'inode.bindingsLock': fragment('inode.bindingsLock', 'down_write of the bindings lock', {
      acquire: step('bindings.downWrite', 'down_write', { ok: '^done', queued: 'wait' }),
      wait: step('bindings.downWriteGranted', 'rwsem_down_write_slowpath', { ok: '^done' }),
    }),
    'gmem.errorFolio': (edit) => {
      edit.replace('lock', takeShared('begin'));
      edit.replace('unlock', dropShared('^done'));
    },
    'gmem.punchHole': (edit) => {
      edit.insertBefore('begin', 'lockBegin', takeShared('begin'));
      edit.insertAfter('begin', 'done', 'unlockBegin', dropShared('truncate'));
      edit.insertBefore('end', 'lockEnd', takeShared('end'));
      edit.insertAfter('end', 'done', 'unlockEnd', dropShared('unlock'));
    },
    'gmem.bind': (edit) => {
      edit.insertBefore('overlap', 'lockBindings', take('overlap'));
      edit.insertBefore('unlock', 'unlockBindings', drop('unlock'));
      edit.insertBefore('unlockError', 'unlockBindingsError', drop('unlockError'));
    },
    'gmem.unbind': (edit) => {
      edit.insertBefore('erase', 'lockBindings', take('erase'));
      edit.insertBefore('unlock', 'unlockBindings', drop('unlock'));
    },
    'gmem.release': (edit) => {
      edit.insertBefore('slots', 'lockBindings', take('slots'));
      edit.insertBefore('unlock', 'unlockBindings', drop('unlock'));
    },
  },
};
