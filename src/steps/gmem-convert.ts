// Steps of a conversion in place, KVM_GMEM_CONVERT_SHARED and _PRIVATE: an ioctl of a guest_memfd, bound to a memslot or not. The work list is
// a set of indexes, of which each run is an item: values are two, so that runs of pages that differ are what has to be stored.

import { more, ok } from '../memory/outcome.ts';
import { arg64, argumentOffset, putResult64, resultOffset, type Call } from '../memory/calls.ts';
import { frame, type Registers } from '../memory/layout.ts';
import { SHAREABILITY_ALL, SHAREABILITY_GUEST } from '../memory/layouts/shareability.ts';
import { add, below, fromBig, isZero, pageAligned, PAGE_SHIFT, pageNumber, pair, wraps, type Pair } from '../memory/u64.ts';
import { EINVAL, ENOMEM, ENOTTY } from './errno.ts';
import { isPrivate, shared } from './fault.ts';
import { refused } from './fallocate.ts';
import { allocationFails, enomem } from './folio.ts';
import { done } from './flush.ts';
import { nothing } from './host-unmap.ts';
import { answers, forgetConversion, noteConverted, shareabilityAt, storeMerged, withShareability, type ShareabilityWorld } from './shareability.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** What the ioctl works on, beside the range of the item at hand, which is that of an invalidation: [start, end). */
export const ConvertFrame = frame('gmem.convert', {
  /** First index of the request, and the one behind its last. */
  request_start: { ref: 'index' },
  request_end: { ref: 'index' },
  /** The value that all of it gets. */
  shareability: {},
  /** Where the walk over the work list stands. */
  cursor: { ref: 'index' },
  /** The index that error_offset names, + 1; 0: none was noted. */
  error_index: { ref: 'index' },
  /** First index of the folio that was in the way, + 1, whatever error_offset says. */
  busy_index: { ref: 'index' },
  /** First index of the item that could not be stored. */
  unstored: { ref: 'index' },
});
export type ConvertRegisters = Registers<typeof ConvertFrame>;
export type Convert = Operation & ConvertRegisters;
const argumentsOf = (attributes: string): Call['arguments'] => [
  { name: 'fd', type: 'fd', description: 'descriptor of the file' },
  { name: 'offset', type: 'u64', description: 'bytes' },
  { name: 'size', type: 'u64', description: 'bytes' },
  { name: 'attributes', type: 'u64', description: attributes },
];
export const convertCall: Call = {
  name: 'convert_gmem', on: 'gmem', fragment: 'gmem.convert', description: 'KVM_GMEM_CONVERT_SHARED, KVM_GMEM_CONVERT_PRIVATE: pages of a file become shared with the host, or the guest\'s alone',
  arguments: [...argumentsOf('8 KVM_GMEM_CONVERT_PRIVATE, 0 KVM_GMEM_CONVERT_SHARED'), { name: 'error_offset', type: 'u64', default: 0, description: 'must be 0' }],
  results: [{ name: 'error_offset', type: 'u64' }],
};
/** Words of the message, the same for every generation as far as they are listed here. */
export const CONVERT = {
  offset: argumentOffset(convertCall, 'offset'), size: argumentOffset(convertCall, 'size'), attributes: argumentOffset(convertCall, 'attributes'),
} as const;
const ERROR_OFFSET = argumentOffset(convertCall, 'error_offset');
const RESULT = resultOffset(convertCall, 'error_offset');
/** KVM_MEMORY_ATTRIBUTE_PRIVATE */
const PRIVATE = 8;

/** What the caller's variable holds that nobody has set: whatever was on the stack. */
const GARBAGE: Pair = pair(0x5aa5_5000 | 0, 0x5aa5_5aa5);
/** Offset of a page, in bytes. */
export const bytesOf = ({ facts }: World, index: number): Pair => fromBig(facts.indexes.real(index) << BigInt(PAGE_SHIFT));

const fail = (f: Frame<Operation>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** Is [offset, offset + size) a range of whole pages of the file? Wrap and size before alignment. */
export function rangeErrno(world: World, inode: number, offset: Pair, size: Pair): number {
  const { size_lo, size_hi } = world.inode(inode);
  if (wraps(offset, size) || below(pair(size_lo, size_hi), add(offset, size))) return EINVAL;
  return pageAligned(offset) && pageAligned(size) ? 0 : EINVAL;
}

/** Notes the request: its pages, and the value that they get. */
export function noteRequest({ facts: { indexes } }: World, f: Frame<Convert>, offset: Pair, size: Pair, isGuests: boolean): void {
  f.request_start = indexes.lowerBound(pageNumber(offset));
  f.request_end = indexes.lowerBound(pageNumber(add(offset, size)));
  f.shareability = isGuests ? SHAREABILITY_GUEST : SHAREABILITY_ALL;
  f.cursor = f.request_start;
}

const opposite = (value: number): number => (value === SHAREABILITY_GUEST ? SHAREABILITY_ALL : SHAREABILITY_GUEST);

/** The next item of the work list from f.cursor on, up to `limit`, into [start, end); done: the walk is over, and the next one begins in front. */
function nextItem(world: ShareabilityWorld, f: Frame<Convert>, limit: number): number {
  const { indexes } = world.convert_work(f.self);
  let start = f.cursor;
  while (start < limit && !indexes.has(start)) start++;
  if (start >= limit) {
    f.cursor = f.request_start;
    return done;
  }
  let end = start + 1;
  while (end < limit && indexes.has(end)) end++;
  f.start = start;
  f.end = end;
  f.cursor = end;
  return ok;
}

/** Pages that become shared are no secret any more; whatever is in them, the host is meant to see. */
export function declassify(world: World, inode: number, start: number, end: number): void {
  for (let index = start; index < end; index++) {
    const { pfn } = world.cache(inode, index);
    if (pfn !== 0 && world.page(pfn).secret_of !== 0) world.page(pfn).secret_of = 0;
  }
}

/** Stores the value of the item at hand. */
export function storeItem(world: ShareabilityWorld, f: Frame<Convert>): void {
  storeMerged(world, f.inode, f.start, f.end, f.shareability);
  noteConverted(world, f.self, f.start, f.end, true);
}

/** Adds the next run of pages whose value differs, an allocation each. `failed`: what comes of one that fails. */
export function addWork(world: ShareabilityWorld, f: Frame<Convert>, failed: (f: Frame<Convert>, start: number) => number): number {
  const { indexes } = world.convert_work(f.self);
  const differs = (index: number): boolean => !answers(shareabilityAt(world, f.inode, index), f.shareability);
  const over = (): number => {
    f.cursor = f.request_start;
    return indexes.any() ? ok : nothing;
  };
  let start = f.cursor;
  while (start < f.request_end && !differs(start)) start++;
  if (start >= f.request_end) return over();
  if (allocationFails(world)) return failed(f, start);
  let end = start;
  while (end < f.request_end && differs(end)) indexes.set(end++);
  f.cursor = end;
  return more;
}

export const steps = {
  'convert.foreign': (_world, f) => fail(f, ENOTTY),
  /** C1: error_offset, then a size of 0, which is nothing to do, then the range. Two ioctls, told apart by what they make of the pages. */
  'convert.validate': (world, f) => {
    const offset = arg64(world, f, CONVERT.offset);
    const size = arg64(world, f, CONVERT.size);
    const attributes = arg64(world, f, CONVERT.attributes);
    if (attributes.hi !== 0 || (attributes.lo !== 0 && attributes.lo !== PRIVATE)) return fail(f, ENOTTY);
    if (!isZero(arg64(world, f, ERROR_OFFSET))) return fail(f, EINVAL);
    if (isZero(size)) return nothing;
    const errno = rangeErrno(world, f.inode, offset, size);
    if (errno !== 0) return fail(f, errno);
    noteRequest(world, f, offset, size, attributes.lo === PRIVATE);
    return ok;
  },
  /** C3: the error of an allocation that fails is put into a variable of its own, inside the loop, and lost: what the list has by then is all
   *  that is done, and reported as success (G5-B1). */
  'convert.addWork': (world, f) => addWork(withShareability(world), f, () => {
    f.cursor = f.request_start;
    return withShareability(world).convert_work(f.self).indexes.any() ? ok : nothing;
  }),
  'convert.nextItem': (world, f) => nextItem(withShareability(world), f, f.request_end),
  'convert.testDirection': (_world, f) => (f.shareability === SHAREABILITY_GUEST ? isPrivate : shared),
  /** C6: mas_store_gfp of the item and of its neighbours of the same value. */
  'convert.store': (world, f) => {
    if (!allocationFails(world)) {
      storeItem(withShareability(world), f);
      if (f.shareability === SHAREABILITY_ALL) declassify(world, f.inode, f.start, f.end);
      return ok;
    }
    f.errno = ENOMEM;
    f.unstored = f.start;
    f.cursor = f.request_start;
    return enomem;
  },
  /** C7: those in front of the one that failed. */
  'convert.nextUndone': (world, f) => nextItem(withShareability(world), f, f.unstored),
  /** Needs no memory: what was one range with its neighbours is cut where it was before. */
  'convert.undo': (world, f) => {
    storeMerged(withShareability(world), f.inode, f.start, f.end, opposite(f.shareability));
    noteConverted(withShareability(world), f.self, f.start, f.end, false);
    return ok;
  },
  /** The error index goes to the caller with whatever error; where the error came from elsewhere, nobody has set it (G5-B2). */
  'convert.finish': (world, f) => {
    if (f.errno !== 0) putResult64(world, f, RESULT, f.error_index === 0 ? GARBAGE : bytesOf(world, f.error_index - 1));
    forgetConversion(withShareability(world), f.self);
    return ok;
  },
} satisfies { [name: string]: Step<Convert> };
