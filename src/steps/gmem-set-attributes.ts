// Steps of KVM_SET_MEMORY_ATTRIBUTES2, an ioctl of a guest_memfd: conversion in place as of 2026.

import { more, ok } from '../memory/outcome.ts';
import { arg64, argumentOffset, putResult64, recordedArg, resultOffset, type Call } from '../memory/calls.ts';
import { frame, type Registers } from '../memory/layout.ts';
import { isZero } from '../memory/u64.ts';
import { equal } from './attributes.ts';
import { EINVAL, ENOMEM } from './errno.ts';
import { refused } from './fallocate.ts';
import { allocationFails, enomem } from './folio.ts';
import { specifyFileContent } from './ghost.ts';
import { bytesOf, CONVERT, convertCall, ConvertFrame, declassify, noteRequest, rangeErrno, storeItem, type Convert } from './gmem-convert.ts';
import { answers, forgetConversion, shareabilityAt, withShareability } from './shareability.ts';
import { hasPrivateMemory } from './vm-type.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** Flags: without any the content of the pages is not specified behind the conversion. That of the drafts that keeps it. */
const PRESERVE = 1;
/** KVM_MEMORY_ATTRIBUTE_PRIVATE */
const PRIVATE = 8;

/** What an invalidation zaps: leaves of both kinds; private ones only; shared ones only. */
export const FILTER_NONE = 0, FILTER_PRIVATE = 1, FILTER_SHARED = 2;

export const SetAttributes2Frame = frame('gmem.convert', {
  ...ConvertFrame.fields,
  /** KVM_FILTER_PRIVATE or KVM_FILTER_SHARED: which leaves its invalidation zaps. */
  filter: {},
});
export type SetAttributes2 = Convert & Registers<typeof SetAttributes2Frame>;

export const setAttributes2Call: Call = {
  ...convertCall, description: 'KVM_SET_MEMORY_ATTRIBUTES2: pages of a file become private, or shared with the host',
  arguments: [
    ...convertCall.arguments.slice(0, 3),
    { name: 'attributes', type: 'u64', description: '8 PRIVATE, 0 shared' },
    { name: 'flags', type: 'u64', default: 0, description: '1 PRESERVE: the pages keep their content, which is unspecified otherwise', flags: { preserve: PRESERVE } },
    { name: 'reserved', type: 'u32', default: 0, description: 'what the reserved words are', recorded: true },
  ],
};
const FLAGS = argumentOffset(setAttributes2Call, 'flags'), RESERVED = argumentOffset(setAttributes2Call, 'reserved'), ERROR_OFFSET = resultOffset(setAttributes2Call, 'error_offset');

const fail = (f: Frame<Convert>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** What reads of these pages see is not specified from here on, unless the caller wants the content kept. */
function specify(world: World, f: Frame<Convert>): void {
  if ((arg64(world, f, FLAGS).lo & PRESERVE) !== 0) return;
  for (let index = f.start; index < f.end; index++) if (world.cache(f.inode, index).pfn !== 0) specifyFileContent(world, f.inode, index, -1, 0, 0);
}

export const steps = {
  /** kvm_gmem_ioctl_set_attributes: flags and reserved words, attributes that the VM of the file knows, then the range. */
  'convert.validate': (world, f) => {
    const offset = arg64(world, f, CONVERT.offset);
    const size = arg64(world, f, CONVERT.size);
    const attributes = arg64(world, f, CONVERT.attributes);
    const flags = arg64(world, f, FLAGS);
    const { kvm } = world.file(f.handle);
    if (flags.hi !== 0 || (flags.lo & ~PRESERVE) !== 0 || recordedArg(world, f, RESERVED) !== 0) return fail(f, EINVAL);
    if (!hasPrivateMemory(world, kvm - 1) || attributes.hi !== 0 || (attributes.lo & ~PRIVATE) !== 0) return fail(f, EINVAL);
    if (isZero(size) || rangeErrno(world, f.inode, offset, size) !== 0) return fail(f, EINVAL);
    const isGuests = attributes.lo === PRIVATE;
    noteRequest(world, f, offset, size, isGuests);
    f.start = f.request_start;
    f.end = f.request_end;
    // Leaves of the kind that the pages are not to be any more.
    f.filter = isGuests ? FILTER_SHARED : FILTER_PRIVATE;
    return ok;
  },
  'convert.testEqual': (world, f) => {
    for (let index = f.start; index < f.end; index++) if (!answers(shareabilityAt(withShareability(world), f.inode, index), f.shareability)) return ok;
    return equal;
  },
  /** Nothing has been touched yet. */
  'convert.preallocate': (world, f) => {
    if (!allocationFails(world)) return ok;
    f.errno = ENOMEM;
    f.error_index = f.start + 1;
    return enomem;
  },
  /** The architecture's part in giving a page to the host, before anybody can see it: what was private is no secret any more. */
  'convert.makeSharedNext': (world, f) => {
    let index = f.cursor;
    while (index < f.end && world.cache(f.inode, index).pfn === 0) index++;
    if (index >= f.end) return ok;
    declassify(world, f.inode, index, index + 1);
    f.cursor = index + 1;
    return more;
  },
  /** Cannot fail. Readers under RCU see the old value or the new one of each page. */
  'convert.storeAll': (world, f) => {
    storeItem(withShareability(world), f);
    specify(world, f);
    return ok;
  },
  'convert.finish': (world, f) => {
    if (f.errno !== 0) putResult64(world, f, ERROR_OFFSET, bytesOf(world, f.error_index - 1));
    forgetConversion(withShareability(world), f.self);
    return ok;
  },
} satisfies { [name: string]: Step<SetAttributes2> };
