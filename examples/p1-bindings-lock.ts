// P1, G4-B10, mended: the bindings of a file have a lock of their own that nests inside the folio lock. memory_failure(), which holds the folio
// lock, takes only that one; a hole holds it around its begin and its end, not while it waits for folio locks; bind, unbind and release hold it
// around what they change.

import { blocked, deriveKernel, kernels, layout, ok, step, type Step, type View, type World } from 'faultline';

const mainline = kernels.find((kernel) => kernel.name === 'mainline')!;

/** A mutex, by its shape: analyses of lock order and the wait-for graph know it by that. */
const bindingsMutex = layout('bindings_mutex', { owner: { ref: 'actor' } }, { per: ['inode'] });

type OnInode = { inode: number };
const lockOf = (world: World, inode: number) => (world as World & { bindings_mutex: (inode: number) => View<typeof bindingsMutex> }).bindings_mutex(inode);

const lock: Step<OnInode> = (world, f) => {
  const mutex = lockOf(world, f.inode);
  if (mutex.owner !== 0) return blocked(mutex);
  mutex.owner = f.self;
  return ok;
};
const unlock: Step<OnInode> = (world, f) => {
  lockOf(world, f.inode).owner = 0;
  return ok;
};

const take = (to: string) => step('bindings.take', 'mutex_lock of the bindings', { ok: to });
const drop = (to: string) => step('bindings.drop', 'mutex_unlock of the bindings', { ok: to });

export default deriveKernel(mainline, {
  name: 'p1-bindings-lock',
  title: 'Linux 7.3, bindings under a lock that nests inside the folio lock',
  mended: ['G4-B10'],
  objects: [bindingsMutex],
  steps: { 'bindings.take': lock, 'bindings.drop': unlock },
  fragments: {
    'gmem.errorFolio': (edit) => {
      edit.replace('lock', take('begin'));
      edit.replace('unlock', drop('^done'));
    },
    'gmem.punchHole': (edit) => {
      edit.insertBefore('begin', 'lockBegin', take('begin'));
      edit.insertAfter('begin', 'done', 'unlockBegin', drop('truncate'));
      edit.insertBefore('end', 'lockEnd', take('end'));
      edit.insertAfter('end', 'done', 'unlockEnd', drop('unlock'));
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
});
