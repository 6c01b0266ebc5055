// Steps of munmap and madvise(MADV_DONTNEED) on the VMM's shared guest memory: checks, the entries of the range one by one.

import { more, ok, outcome } from '../memory/outcome.ts';
import { arg64 } from '../memory/calls.ts';
import { TAG_ZERO } from '../memory/layouts/folio.ts';
import { VM_LOCKED } from '../memory/layouts/host.ts';
import { add, isZero, PAGE_SHIFT, pageAligned, toBig, type Pair } from '../memory/u64.ts';
import { done } from './flush.ts';
import { EINVAL, ENOMEM } from './errno.ts';
import { refused } from './fallocate.ts';
import { specifyHostContent } from './ghost.ts';
import { HUGE_PAGES } from './huge.ts';
import { entryAt } from './host-fault.ts';
import { fileAt, isMapped, pagesOf, roundUp, TASK_SIZE } from './mappings.ts';
import type { HostRange, Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const nothing = outcome('nothing');

/** Host pages [start, start + length) as compact numbers. */
function setRange(world: World, f: Frame<HostRange>, start: Pair, length: bigint): void {
  const { first, behind } = pagesOf(world, start, length);
  f.hva = first;
  f.hva_end = behind;
}

/** An end of the range lies within a huge page of a mapping. */
function cutsHugePage(world: World, page: number, inside: number): boolean {
  if (inside < 0 || inside >= world.facts.sizes.hva || !isMapped(world, inside)) return false;
  return entryAt(world, inside).pages > 1 && Number(world.facts.hvas.real(page) % BigInt(HUGE_PAGES)) !== 0;
}

export const steps = {
  /** do_vmi_munmap: the range; then, in the mappings, that no huge page is cut. */
  'munmap.validate': (world, f) => {
    const start = arg64(world, f, 0);
    const size = arg64(world, f, 2);
    const fail = (): number => { f.errno = EINVAL; return refused; };
    if (!pageAligned(start) || toBig(start) > TASK_SIZE || toBig(size) > TASK_SIZE - toBig(start)) return fail();
    const length = roundUp(toBig(size));
    if (length === 0n) return fail();
    setRange(world, f, start, length);
    return ok;
  },
  /** mmap_lock held for writing: the mappings of the range are taken away, before their pages are. Nothing mapped there: success. */
  'munmap.detach': (world, f) => {
    if (cutsHugePage(world, f.hva, f.hva) || cutsHugePage(world, f.hva_end, f.hva_end - 1)) {
      f.errno = EINVAL;
      return refused;
    }
    const { regionOfHva } = world.facts;
    let any = false;
    for (let hva = f.hva; hva < f.hva_end; hva++) {
      if (!isMapped(world, hva)) continue;
      any = true;
      world.vma(regionOfHva[hva]!).holes.set(hva);
      if (world.vm_flags(hva).flags !== 0) world.vm_flags(hva).flags = 0;
    }
    return any ? ok : nothing;
  },
  /** do_madvise: alignment, wrap, empty range. */
  'dontneed.validate': (world, f) => {
    const start = arg64(world, f, 0);
    const size = arg64(world, f, 2);
    const fail = (): number => { f.errno = EINVAL; return refused; };
    if (!pageAligned(start)) return fail();
    const length = roundUp(toBig(size));
    if (!isZero(size) && length >> 64n !== 0n) return fail();
    if (toBig(add(start, size)) < toBig(start)) return fail();
    if (length === 0n) return nothing;
    setRange(world, f, start, length);
    return ok;
  },
  /** madvise_dontneed_free, mmap_lock held for reading. A hole in the range is reported when the rest is done; a huge page cannot be cut
   *  at the start, and stays at the end. */
  'dontneed.checkVmas': (world, f) => {
    if (cutsHugePage(world, f.hva, f.hva)) {
      f.errno = EINVAL;
      return refused;
    }
    if (cutsHugePage(world, f.hva_end, f.hva_end - 1)) f.hva_end = entryAt(world, f.hva_end - 1).first;
    let mapped = 0;
    for (let hva = f.hva; hva < f.hva_end; hva++) {
      if (!isMapped(world, hva)) continue;
      if ((world.vm_flags(hva).flags & VM_LOCKED) !== 0) {
        // What lies before it is done.
        f.errno = EINVAL;
        f.hva_end = hva;
        return mapped > 0 ? ok : nothing;
      }
      mapped += 1;
    }
    if (BigInt(mapped) << BigInt(PAGE_SHIFT) < roundUp(toBig(arg64(world, f, 2)))) f.errno = ENOMEM;
    return mapped > 0 ? ok : nothing;
  },
  /** zap_pte_range: the next entry of the range is emptied; its reference on the folio goes next. A poison marker just goes. */
  'unmap.clearNext': (world, f) => {
    for (let { hva } = f; hva < f.hva_end; hva++) {
      const entry = world.hpte(hva);
      if (entry.pfn === 0 && entry.hwpoison === 0) continue;
      const { pfn } = entry;
      const { first, pages } = entryAt(world, hva);
      for (let k = 0; k < pages; k++) {
        const part = world.hpte(first + k);
        const anonymous = fileAt(world, first + k) === 0;
        if (part.pfn !== 0 && anonymous) world.folio(part.pfn).anon = 0;
        part.pfn = 0;
        part.writable = 0;
        part.hwpoison = 0;
        part.protnone = 0;
        // A page of a file keeps its content.
        if (anonymous) specifyHostContent(world, first + k, TAG_ZERO, 0, 0);
      }
      if (pfn === 0) return more;
      f.pfn = pfn;
      return ok;
    }
    return done;
  },
} satisfies { [name: string]: Step<HostRange & Operation> };
