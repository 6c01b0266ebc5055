// Steps of madvise(2): which advice there is, what it asks of the mappings, and the kinds that bring pages in.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, type Call } from '../memory/calls.ts';
import { VM_DONTCOPY, VM_LOCKED, VM_WIPEONFORK } from '../memory/layouts/host.ts';
import { pageAligned, toBig } from '../memory/u64.ts';
import { EFAULT, EHWPOISON, EINVAL, ENOMEM } from './errno.ts';
import { refused } from './fallocate.ts';
import { nothing } from './host-unmap.ts';
import { fileAt, isMapped, pagesOf, roundUp } from './mappings.ts';
import type { HostRange, Operation, Touch } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const madviseCall: Call = {
  name: 'madvise', on: 'host', fragment: 'host.madvise', description: 'madvise(2) with any advice',
  arguments: [
    { name: 'hva', type: 'u64', description: 'address, bytes' },
    { name: 'size', type: 'u64', description: 'bytes' },
    { name: 'advice', type: 'u32', description: 'MADV_…, by number' },
  ],
};
/** Word of the advice. */
const ADVICE = 4;

export const MADV_DONTNEED = 4, MADV_FREE = 8, MADV_REMOVE = 9, MADV_DONTFORK = 10, MADV_DOFORK = 11, MADV_WIPEONFORK = 18, MADV_KEEPONFORK = 19,
  MADV_COLD = 20, MADV_PAGEOUT = 21, MADV_POPULATE_READ = 22, MADV_POPULATE_WRITE = 23, MADV_DONTNEED_LOCKED = 24, MADV_COLLAPSE = 25,
  MADV_HWPOISON = 100, MADV_SOFT_OFFLINE = 101;
/** Advice that needs nothing and changes nothing that anybody sees: how pages are read ahead, merged, dumped, made huge. */
const HARMLESS = [0, 1, 2, 3, 12, 13, 14, 15, 16, 17];
const CHANGES = [MADV_FREE, MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD, MADV_PAGEOUT, MADV_DONTNEED_LOCKED, MADV_COLLAPSE];

export const remove = outcome('remove');
export const populate = outcome('populate');
export const advise = outcome('advise');
export const dontneed = outcome('dontneed');
export const hwpoison = outcome('hwpoison');
export const softOffline = outcome('softOffline');

const fail = (f: Frame<Operation>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** What an advice comes to; undefined for one that there is not. */
function kindOf({ facts }: World, advice: number): number | undefined {
  if (advice === MADV_DONTNEED) return dontneed;
  if (advice === MADV_REMOVE) return remove;
  if (advice === MADV_POPULATE_READ || advice === MADV_POPULATE_WRITE) return populate;
  if (advice === MADV_HWPOISON) return facts.config.memoryFailure ? hwpoison : undefined;
  if (advice === MADV_SOFT_OFFLINE) return facts.config.memoryFailure ? softOffline : undefined;
  return HARMLESS.includes(advice) || CHANGES.includes(advice) ? advise : undefined;
}

/** The behaviour on one mapping: its new flags, or why not, negative. */
function adviseOne(advice: number, flags: number, isFile: boolean): number {
  switch (advice) {
    case MADV_FREE: return isFile ? -EINVAL : flags;
    case MADV_DONTFORK: return flags | VM_DONTCOPY;
    case MADV_DOFORK: return flags & ~VM_DONTCOPY;
    case MADV_WIPEONFORK: return isFile ? -EINVAL : flags | VM_WIPEONFORK;
    case MADV_KEEPONFORK: return flags & ~VM_WIPEONFORK;
    case MADV_COLD: case MADV_PAGEOUT: return (flags & VM_LOCKED) !== 0 ? -EINVAL : flags;
    // Only what the page cache, or the process, may have as huge pages: neither is built here.
    case MADV_COLLAPSE: return -EINVAL;
    // What only anonymous memory could do without, and locked memory cannot.
    case MADV_REMOVE: return -EINVAL;
    default: return flags;
  }
}

export const steps = {
  /** do_madvise: the advice, then the range. */
  'madvise.validate': (world, f) => {
    const kind = kindOf(world, arg(world, f, ADVICE));
    const start = arg64(world, f, 0);
    if (kind === undefined || !pageAligned(start)) return fail(f, EINVAL);
    const size = toBig(arg64(world, f, 2));
    if (roundUp(size) >> 64n !== 0n || toBig(start) + roundUp(size) >> 64n !== 0n) return fail(f, EINVAL);
    return size === 0n ? nothing : kind;
  },
  /** madvise_walk_vmas, mmap_lock held for writing: what is between mappings is reported when the rest is done. */
  'madvise.apply': (world, f) => {
    const { first, behind, whole } = pagesOf(world, arg64(world, f, 0), toBig(arg64(world, f, 2)));
    let missing = !whole;
    for (let hva = first; hva < behind; hva++) {
      if (!isMapped(world, hva)) {
        missing = true;
        continue;
      }
      const page = world.vm_flags(hva);
      const flags = adviseOne(arg(world, f, ADVICE), page.flags, fileAt(world, hva) !== 0);
      if (flags < 0) return fail(f, -flags);
      if (page.flags !== flags) page.flags = flags;
    }
    return missing ? fail(f, ENOMEM) : ok;
  },

  /** madvise_populate: get_user_pages on the range, by the mappings' own permissions. */
  'populate.begin': (world, f) => {
    const { first, behind } = pagesOf(world, arg64(world, f, 0), toBig(arg64(world, f, 2)));
    f.hva = first;
    f.hva_end = behind;
    f.write = arg(world, f, ADVICE) === MADV_POPULATE_WRITE ? 1 : 0;
    f.gup = 1;
    return ok;
  },
  /** All that the scenario knows is there; what lies beyond is not mapped. */
  'populate.finish': (world, f) => {
    if (!pagesOf(world, arg64(world, f, 0), toBig(arg64(world, f, 2))).whole) f.errno = ENOMEM;
    return ok;
  },
  'populate.unmapped': (_world, f) => { f.errno = ENOMEM; return ok; },
  'populate.denied': (_world, f) => { f.errno = EINVAL; return ok; },
  'populate.noPage': (_world, f) => { f.errno = EFAULT; return ok; },
  'populate.poisoned': (_world, f) => { f.errno = EHWPOISON; return ok; },
} satisfies { [name: string]: Step<Operation & HostRange & Touch> };
