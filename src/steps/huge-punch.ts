// Steps of fallocate(2) on a file of huge pages: what of a hole is less than a huge page is zeroed, whole huge pages are taken out of the
// file, and an allocation brings in whole ones.

import { ok, outcome } from '../memory/outcome.ts';
import { frame, type Registers } from '../memory/layout.ts';
import { TAG_POISON, TAG_ZERO } from '../memory/layouts/folio.ts';
import { clearBytes } from './bytes.ts';
import { EAGAIN, EINTR, ENOMEM } from './errno.ts';
import { allocate, signalled, steps as fallocate } from './fallocate.ts';
import { done } from './flush.ts';
import { absent, headOf } from './folio.ts';
import { busy, expected } from './gmem-references.ts';
import { specifyFileContent } from './ghost.ts';
import { pagesOf } from './huge-folio.ts';
import { anyShared, ceilTo, floorTo, orderOf } from './huge-file.ts';
import { beginMerge, type Run } from './huge-restructure.ts';
import { shared } from './fault.ts';
import type { FolioAt, Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const zero = outcome('zero');
export const whole = outcome('whole');

type Allocate = Operation & { index: number };

export const PunchFrame = frame('gmem.punchHuge', {
  index: { ref: 'index' }, pfn: { ref: 'pfn' },
  /** Behind the huge pages that are dealt with, less the first index of the hole's first one. */
  punched: {},
  /** Behind the folio of the huge page at hand that was tested last. */
  tested_to: { ref: 'index' },
});
export type Punch = Operation & FolioAt & Registers<typeof PunchFrame>;

/** First index of the huge page at hand. */
const atHand = (world: World, f: Punch): number => floorTo(f.start, orderOf(world, f.inode)) + f.punched;

/** The pages of the hole in the huge page at hand: [from, to). */
function partAt(world: World, f: Punch): { readonly from: number; readonly to: number } {
  const first = atHand(world, f);
  return { from: Math.max(f.start, first), to: Math.min(f.end, first + (1 << orderOf(world, f.inode))) };
}

/** Which pages of a folio, from its first on, a hole that ends at `end` makes zero: [from, to). */
export type Part = (hole: { readonly from: number; readonly to: number; readonly end: number }, folio: { readonly first: number; readonly pages: number }) => readonly [number, number];

/** From the beginning of the folio, as many as the hole's end lies behind a border of huge pages (G5-B11). A small folio is zeroed. */
const fromFolioStart: Part = ({ end }, { pages }) => [0, pages === 1 ? 1 : end % pages];

/** What the hole and the folio have in common. */
export const intersection: Part = ({ from, to }, { first, pages }) => [Math.max(from - first, 0), Math.min(to - first, pages)];

function clearPage(world: World, pfn: number): void {
  const content = world.page(pfn);
  if (content.tag !== TAG_POISON) content.tag = TAG_ZERO;
  content.writer = 0;
  content.value = 0;
  content.secret_of = 0;
  clearBytes(world, pfn);
}

/** folio_zero_range of the folios that the part lies in, each as far as `part` says. The pages stay in the file. */
export const zeroPart = (part: Part): Step<Punch> => (world, f) => {
  const { from, to } = partAt(world, f);
  const hole = { from, to, end: f.end };
  for (let index = from; index < to;) {
    const { pfn } = world.cache(f.inode, index);
    // What is not there is zero.
    if (pfn === 0) { index++; continue; }
    const head = headOf(world.folio, pfn);
    const { index: first } = world.folio(head);
    const pages = pagesOf(world, head);
    const [start, end] = part(hole, { first, pages });
    for (let k = start; k < end; k++) clearPage(world, head + k);
    index = first + pages;
  }
  for (let index = from; index < to; index++) specifyFileContent(world, f.inode, index, TAG_ZERO, 0, 0);
  f.punched += 1 << orderOf(world, f.inode);
  return ok;
};

export const punchSteps = {
  /** What of the hole lies in the next huge page: a part of it; or all, of which nothing, or something, is shared with the host. */
  'punch.next': (world, f) => {
    const first = atHand(world, f);
    const order = orderOf(world, f.inode);
    if (first >= f.end || first >= world.inode(f.inode).i_size) return done;
    const { from, to } = partAt(world, f);
    f.tested_to = 0;
    if (to - from < 1 << order) return zero;
    return anyShared(world, f.inode, first, order) ? shared : whole;
  },
  'punch.zero': zeroPart(fromFolioStart),
  /** The next folio of the huge page, with a reference. */
  'punch.nextFolio': (world, f) => {
    const first = atHand(world, f);
    for (let index = Math.max(first, f.tested_to); index < first + (1 << orderOf(world, f.inode)); index++) {
      const { pfn } = world.cache(f.inode, index);
      if (pfn === 0) continue;
      const head = headOf(world.folio, pfn);
      world.folio_ref(head).add_refcount(1);
      f.index = index;
      f.pfn = head;
      f.tested_to = index + pagesOf(world, head);
      return ok;
    }
    f.index = 0;
    return done;
  },
  'punch.test': (world, f) => {
    if (expected(world, f.pfn)) return ok;
    f.errno = EAGAIN;
    return busy;
  },
  'punch.noMemory': (_world, f) => {
    f.errno = ENOMEM;
    return ok;
  },
  /** The next folio of the huge page that is in the cache. */
  'punch.find': (world, f) => {
    const first = atHand(world, f);
    for (let index = first; index < first + (1 << orderOf(world, f.inode)); index++) {
      const { pfn } = world.cache(f.inode, index);
      if (pfn === 0) continue;
      f.index = index;
      f.pfn = pfn;
      return ok;
    }
    f.index = 0;
    return absent;
  },
  'punch.pass': (world, f) => {
    f.punched += 1 << orderOf(world, f.inode);
    return ok;
  },
} satisfies { [name: string]: Step<Punch> };

/** The small folios of the huge page at hand, whatever is shared of it. */
export const beginMergeOfHole: Step<Punch & Run> = (world, f) => beginMerge(world, f, f.inode, atHand(world, f), orderOf(world, f.inode));

/** The checks, and for an allocation the whole huge pages of the range; `end`: where the last one of them ends. */
export const roundedTo = (end: (index: number, order: number) => number): Step<Allocate> => (world, f) => {
  const result = fallocate['fallocate.validate'](world, f);
  const order = orderOf(world, f.inode);
  if (result === allocate && order > 0) {
    f.start = floorTo(f.start, order);
    f.end = end(f.end, order);
  }
  return result;
};

export const allocateSteps = {
  /** Both bounds are rounded down (G5-B12). */
  'fallocate.validate': roundedTo(floorTo),
  /** kvm_gmem_allocate: the next index, a huge page further each time, unless a signal is pending. */
  'fallocate.next': (world: World, f: Frame<Allocate>) => {
    if (f.start >= f.end) return done;
    if (world.signal(f.thread).number !== 0) {
      f.errno = EINTR;
      return signalled;
    }
    f.index = f.start;
    f.start += 1 << orderOf(world, f.inode);
    return ok;
  },
} satisfies { [name: string]: Step<Allocate> };
export const roundedUp = roundedTo(ceilTo);
