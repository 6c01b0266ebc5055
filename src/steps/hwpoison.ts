// Steps of madvise(MADV_HWPOISON): a thread of the VMM declares a page of its shared guest memory lost. Nothing has happened to the
// page's content; the kernel treats it as if.

import { ok } from '../memory/outcome.ts';
import { arg64 } from '../memory/calls.ts';
import { pageAligned, pages, toBig } from '../memory/u64.ts';
import { EFAULT, EINVAL, ENOMEM } from './errno.ts';
import { refused } from './fallocate.ts';
import { absent, headOf, hit } from './folio.ts';
import type { HostAccess, MemoryFailure, Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

type Hwpoison = Operation & HostAccess & MemoryFailure;

const fail = (errno: number): Step<Hwpoison> => (_world, f) => {
  f.errno = errno;
  return ok;
};

export const steps = {
  /** do_madvise: alignment; an address of no mapping is found out by the look-up. */
  'hwpoison.validate': (world, f) => {
    const address = arg64(world, f, 0);
    const page = world.facts.hvas.find(toBig(pages(address)));
    f.errno = !pageAligned(address) ? EINVAL : page < 0 ? EFAULT : 0;
    if (f.errno !== 0) return refused;
    f.hva = page;
    return ok;
  },
  /** get_user_pages_fast: a reference on the page that is there. */
  'hwpoison.getPage': ({ folio, folio_ref, hpte }, f) => {
    const { pfn, protnone } = hpte(f.hva);
    if (pfn === 0 || protnone !== 0) return absent;
    folio_ref(headOf(folio, pfn)).add_refcount(1);
    f.pfn = pfn;
    return hit;
  },
  'hwpoison.failUnmapped': fail(EFAULT),
  'hwpoison.failNoMemory': fail(ENOMEM),
  'hwpoison.failPoisoned': fail(EFAULT),
  /** MF_ACTION_REQUIRED, MF_COUNT_INCREASED */
  'hwpoison.prepare': (_world, f) => {
    f.consumer = f.thread + 1;
    f.counted = 1;
    return ok;
  },
} satisfies { [name: string]: Step<Hwpoison> };
