// S-21 and S-26, of conversions in place: all or nothing, and an error that names the page that is in the way.

import { SHAREABILITIES } from '../../memory/layouts/shareability.ts';
import { EAGAIN } from '../../steps/errno.ts';
import { sizeAt, type SizesWorld } from '../../steps/huge-convert.ts';
import { answers, shareabilityAt, withShareability } from '../../steps/shareability.ts';
import { toBig, PAGE_SHIFT } from '../../memory/u64.ts';
import { arg64, resultsOf } from '../../memory/calls.ts';
import { CONVERT, convertCall } from '../../steps/gmem-convert.ts';
import { ERRNO_NAMES } from '../../steps/errno.ts';
import { actorName, indexName } from './words.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

const errnoName = (errno: number): string => ERRNO_NAMES[errno] ?? `errno ${errno}`;

/** A conversion is about to return: with an error and something changed? */
function changed(world: CheckedWorld): string | undefined {
  const { objects, frames, last, facts } = world;
  const { errno = 0, inode = 0, shareability: wanted = 0 } = frames[last.actor]!;
  if (errno === 0) return undefined;
  const { indexes } = withShareability(objects).converted(last.actor);
  for (let index = 0; index < facts.sizes.index; index++) {
    if (indexes.has(index)) return `${actorName(world, last.actor)} is about to answer ${errnoName(errno)}, and ${indexName(world, inode, index)} has another state than before`;
  }
  const { folio_sizes: sizes } = objects as Partial<SizesWorld>;
  for (let index = 0; sizes !== undefined && wanted !== 0 && index < objects.inode(inode).i_size; index++) {
    const before = sizes(last.actor).orders.at(index);
    const is = sizeAt(objects, inode, index);
    // What was not there may have come before the lock was taken, and nothing was noted where nothing was begun.
    if (before !== 0 && is !== before) return `${actorName(world, last.actor)} is about to answer ${errnoName(errno)}, and ${indexName(world, inode, index)} ${sizeName(is)}, before ${sizeName(before)}`;
  }
  return undefined;
}

/** By log2 of the pages of a folio, + 1. */
const sizeName = (size: number): string => (size === 0 ? 'has no page' : `is in a folio of ${1 << (size - 1)} page${size === 1 ? '' : 's'}`);

/** A conversion that has not failed is about to let go of the file: is all that was asked for done? */
function incomplete(world: CheckedWorld): string | undefined {
  const { objects, frames, last } = world;
  const { errno = 0, inode = 0, shareability: wanted = 0, request_start = 0, request_end = 0 } = frames[last.actor]!;
  if (wanted === 0 || errno !== 0) return undefined;
  for (let index = request_start; index < request_end; index++) {
    const value = shareabilityAt(withShareability(objects), inode, index);
    if (!answers(value, wanted)) return `${actorName(world, last.actor)} is about to report success, and ${indexName(world, inode, index)} is still ${SHAREABILITIES[value]}`;
  }
  return undefined;
}

export const s21: Invariant = {
  id: 'S-21',
  title: 'a call that fails has done nothing',
  statement: 'An operation that answers an error leaves privacy, page cache and bindings as they were, and no invalidation open. Of conversions in place this is '
    + 'looked at itself, and that one which answers success has changed all pages that it was asked for; of other calls S-11, S-14 and S-22 decide it.',
  before: { 'convert.finish': changed, 'inode.upWrite': incomplete, 'inode.upRead': incomplete },
};

const hex = (value: bigint): string => `0x${value.toString(16)}`;
/** Where the result lies in the message. */
const resultAt = resultsOf(convertCall);

/** A conversion has handed its error over: does error_offset name what failed? */
function misnamed(world: CheckedWorld): string | undefined {
  const { objects, frames, last, facts } = world;
  const frame = frames[last.actor]!;
  const { errno = 0, busy_index = 0 } = frame;
  if (errno === 0) return undefined;
  const at = objects.mailbox(last.actor).type - 1;
  const told = toBig(arg64(objects, frame, facts.callResults[at]?.at ?? resultAt.at));
  const offset = toBig(arg64(objects, frame, CONVERT.offset));
  const size = toBig(arg64(objects, frame, CONVERT.size));
  const name = `${errnoName(errno)} with error_offset ${hex(told)}`;
  if (told < offset || told >= offset + size) return `${actorName(world, last.actor)} answers ${name}, which lies outside of what it was asked for, [${hex(offset)}, ${hex(offset + size)})`;
  if (errno !== EAGAIN || busy_index === 0) return undefined;
  const first = facts.indexes.real(busy_index - 1) << BigInt(PAGE_SHIFT);
  return told === (first < offset ? offset : first) ? undefined : `${actorName(world, last.actor)} answers ${name}, and the page in the way is at ${hex(first)}`;
}

export const s26: Invariant = {
  id: 'S-26',
  title: 'an error names the page in the way',
  statement: 'The error_offset of a conversion that fails lies in the range that it was asked for, and where a page is in use it names that page.',
  // What it answers is decided by steps before.
  bySentence: true,
  after: { 'convert.finish': misnamed },
};
