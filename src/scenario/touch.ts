// Which pages a system call brings into being: memslots whole, because their pages are numbered through, and what an allocation
// fills. Everything else only meets pages that exist already, so its range may be as large as it likes.

import { at, ScenarioError } from './errors.ts';
import { PAGE } from './values.ts';
import type { ReadCall } from './call-arguments.ts';
import type { Spaces } from './spaces.ts';

const TOP = 1n << 64n;
/** KVM_MEM_MAX_NR_PAGES: larger slots are refused. */
const MOST_SLOT_PAGES = (1n << 31n) - 1n;
const GUEST_MEMFD = 4n;
/** Pages of a prefault that get numbers, whether or not there is memory. */
const FIRST_PAGES = 64n;
const PUNCH_HOLE = 2n;
const LONGEST_FILE = (1n << 63n) - 1n;

const aligned = (value: bigint): boolean => value % PAGE === 0n;

/** Adds the pages of a call. `largestFile` is the size in bytes of the largest file that its descriptor can be. */
export function touchPages(read: ReadCall, path: string, spaces: Spaces, largestFile: (descriptor: bigint) => bigint): void {
  if (read.call.name === 'set_region') touchSlot(read, path, spaces);
  else if (read.call.name === 'fallocate') touchAllocation(read, path, spaces, largestFile);
  else if (read.call.name === 'prefault') touchPrefault(read, path, spaces);
  else if (read.call.name === 'convert_gmem') touchConversion(read, path, spaces, largestFile);
  else if (read.call.fragment === 'memfd.read' || read.call.fragment === 'memfd.write') touchOnePage(read, path, spaces);
  else if (read.call.name === 'mmap') touchMapping(read, path, spaces, largestFile);
}

/** The state of pages is kept, whether or not there are pages; what reaches behind the largest file is refused. */
function touchConversion({ values }: ReadCall, path: string, spaces: Spaces, largestFile: (descriptor: bigint) => bigint): void {
  const [fd, offset, size] = ['fd', 'offset', 'size'].map((name) => values.get(name)!) as [bigint, bigint, bigint];
  if (size > 0n && aligned(offset) && aligned(size) && offset + size <= largestFile(fd)) spaces.add('indexes', offset / PAGE, size / PAGE, path);
}

/** A read or write of a memfd meets one page, where somebody else may have made the file so large. */
function touchOnePage({ values }: ReadCall, path: string, spaces: Spaces): void {
  const offset = values.get('offset')!;
  if (offset < LONGEST_FILE) spaces.add('indexes', offset / PAGE, 1n, path);
}

/** A fault brings in what is mapped, as far as there can be a file behind it. */
function touchMapping({ values }: ReadCall, path: string, spaces: Spaces, largestFile: (descriptor: bigint) => bigint): void {
  const [fd, offset, length] = ['fd', 'offset', 'length'].map((name) => values.get(name)!) as [bigint, bigint, bigint];
  const largest = largestFile(fd);
  if (!aligned(offset) || offset >= largest) return;
  const end = offset + length < largest ? offset + length : largest;
  spaces.add('indexes', offset / PAGE, (end + PAGE - 1n) / PAGE - offset / PAGE, path);
}

function touchSlot({ values, given }: ReadCall, path: string, spaces: Spaces): void {
  const [gpa, size, hva, offset, flags] = ['gpa', 'size', 'hva', 'offset', 'flags'].map((name) => values.get(name)!) as [bigint, bigint, bigint, bigint, bigint];
  // What KVM refuses before it looks at pages needs none.
  if (size === 0n || !aligned(size) || !aligned(gpa) || gpa + size > TOP || size / PAGE > MOST_SLOT_PAGES) return;
  const pages = size / PAGE;
  spaces.add('gfns', gpa / PAGE, pages, at(path, 'size'));
  if (given.has('hva') && aligned(hva) && hva + size <= TOP) spaces.add('hvas', hva / PAGE, pages, at(path, 'size'));
  if ((flags & GUEST_MEMFD) !== 0n && aligned(offset) && offset + size <= TOP) spaces.add('indexes', offset / PAGE, pages, at(path, 'size'));
}

/** It goes on as long as there is memory: the pages behind the first ones belong to memslots. */
function touchPrefault({ values }: ReadCall, path: string, spaces: Spaces): void {
  const [gpa, size] = ['gpa', 'size'].map((name) => values.get(name)!) as [bigint, bigint];
  if (size === 0n || !aligned(gpa) || !aligned(size) || gpa + size >= TOP) return;
  const pages = size / PAGE;
  spaces.add('gfns', gpa / PAGE, pages > FIRST_PAGES ? FIRST_PAGES : pages, at(path, 'size'));
}

function touchAllocation({ values }: ReadCall, path: string, spaces: Spaces, largestFile: (descriptor: bigint) => bigint): void {
  const [fd, mode, offset, length] = ['fd', 'mode', 'offset', 'length'].map((name) => values.get(name)!) as [bigint, bigint, bigint, bigint];
  if ((mode & PUNCH_HOLE) !== 0n || length === 0n || !aligned(offset) || !aligned(length) || offset + length > LONGEST_FILE) return;
  if (offset + length > largestFile(fd) && length / PAGE > 64n) return;
  try {
    spaces.add('indexes', offset / PAGE, length / PAGE, path);
  } catch (error) {
    throw error instanceof ScenarioError ? new ScenarioError(path, `allocates ${error.message.replace(/^.*?: /, '')}`) : error;
  }
}
