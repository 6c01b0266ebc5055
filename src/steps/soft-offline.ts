// Steps of soft offlining, madvise(MADV_SOFT_OFFLINE): a page frame that is still good is taken out of use, its content moves to another one;
// and of unpoisoning, which takes a memory failure back.

import { ok } from '../memory/outcome.ts';
import { arg, arg64, type Call } from '../memory/calls.ts';
import { pages, toBig } from '../memory/u64.ts';
import { copyBytes } from './bytes.ts';
import { EBUSY, ENOMEM } from './errno.ts';
import { absent, allocationFails, enomem, firstFree, headOf, putFolio } from './folio.ts';
import { openFile } from './handle.ts';
import { anonFolio, fileFolio, POISONED } from './memory-failure.ts';
import type { MemoryFailure, Migrate, Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const unpoisonCall: Call = {
  name: 'unpoison', on: 'gmem', fragment: 'mf.unpoison', recorded: true, description: "hwpoison/unpoison-pfn of debugfs: takes back the memory failure of a file's page",
  arguments: [
    { name: 'fd', type: 'fd', description: 'descriptor of the file' },
    { name: 'offset', type: 'u64', description: 'bytes into the file' },
  ],
};

export const steps = {
  /** soft_offline_in_use_page: a page of a guest_memfd cannot move, and one that is mapped is not just dropped. */
  'offline.identify': ({ folio }, f) => {
    if (folio(f.pfn).anon === 0 || headOf(folio, f.pfn) !== f.pfn || folio(f.pfn).order !== 0) {
      f.errno = EBUSY;
      return fileFolio;
    }
    f.struck = f.pfn;
    f.hva = folio(f.pfn).anon - 1;
    f.hva_end = f.hva + 1;
    return anonFolio;
  },
  /** alloc_migration_target */
  'offline.allocate': (world, f) => {
    const pfn = allocationFails(world) ? 0 : firstFree(world);
    if (pfn === 0) {
      f.errno = ENOMEM;
      return enomem;
    }
    world.buddy().used.set(pfn);
    world.folio_ref(pfn).refcount = 1;
    f.moved = pfn;
    return ok;
  },
  /** migrate_folio: the content is copied and the entry changed while it is a migration entry, which whoever wants the page waits for. */
  'offline.move': (world, f) => {
    const entry = world.hpte(f.hva);
    if (entry.pfn !== f.struck) {
      f.errno = EBUSY;
      return absent;
    }
    const from = world.page(f.struck);
    const to = world.page(f.moved);
    to.tag = from.tag;
    to.writer = from.writer;
    to.value = from.value;
    to.secret_of = from.secret_of;
    copyBytes(world, f.moved, f.struck);
    world.folio(f.moved).uptodate = 1;
    world.folio(f.moved).anon = f.hva + 1;
    world.folio(f.struck).anon = 0;
    entry.pfn = f.moved;
    f.moved = 0;
    return ok;
  },
  /** SetPageHWPoison, page_handle_poison: out of use; the entry's reference goes. */
  'offline.poison': (world, f) => {
    world.folio(f.struck).hwpoison = POISONED;
    putFolio(world, f.struck);
    return ok;
  },
  /** What was allocated for nothing. */
  'offline.free': (world, f) => {
    putFolio(world, f.moved);
    f.moved = 0;
    return ok;
  },
  /** unpoison_memory, mf_mutex held: a page that is in a file is in use, poisoned or not. */
  'mf.unpoisonPage': (world, f) => {
    const { file } = openFile(world, arg(world, f, 0));
    const index = world.facts.indexes.find(toBig(pages(arg64(world, f, 1))));
    if (file === 0 || index < 0 || world.cache(world.file(file).inode, index).pfn !== 0) f.errno = EBUSY;
    return ok;
  },
} satisfies { [name: string]: Step<Operation & Migrate & MemoryFailure> };
